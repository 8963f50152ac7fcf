// What must never happen: half a restore, or one over data that somebody still wants.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { BackupError, writeBackupFile } from '../../src/platform/database/backup-file.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { createLog } from '../../src/platform/log.ts';
import { useServer } from '../harness.ts';
import {
  allMigrations,
  backUp,
  fingerprint,
  makeEmptyDatabase,
  makeFolder,
  openForCommand,
  restore,
} from './databases.ts';

const server = useServer();

beforeAll(async () => {
  for (let count = 0; count < 30; count += 1)
    await server.api.post('/organizations', { name: `No. ${count}` });
});

/** The lines of a backup, changed, as a new file. */
async function backUpChanged(change: (lines: string[]) => string[]): Promise<string> {
  const lines = gunzipSync(readFileSync(await backUp(openForCommand(server.connection))))
    .toString()
    .split('\n');
  const path = join(makeFolder(), 'changed.backup');
  writeFileSync(path, gzipSync(change(lines).join('\n')));
  return path;
}

const withHeader =
  (change: (header: Record<string, unknown>) => object) =>
  ([first = '', ...rest]: string[]): string[] => [
    JSON.stringify(change(JSON.parse(first) as Record<string, unknown>)),
    ...rest,
  ];

test('a file that was cut off anywhere is refused, and the database is as it was', async () => {
  const whole = readFileSync(await backUp(openForCommand(server.connection)));
  const before = await fingerprint(server.database);
  const database = openForCommand(server.connection);
  for (const length of [0, 1, 10, 200, whole.length >> 1, whole.length - 9, whole.length - 1]) {
    const path = join(makeFolder(), 'cut.backup');
    writeFileSync(path, whole.subarray(0, length));
    const flags = { isReplacing: true, isForced: true };
    await expect(restore(database, path, flags), `${length} bytes`).rejects.toThrow(BackupError);
  }
  expect(await fingerprint(server.database)).toEqual(before);
});

test.each([
  ['without its trailer', (lines: string[]) => lines.slice(0, -2).concat(''), 'its end is missing'],
  ['without one row', (lines: string[]) => lines.toSpliced(-3, 1), 'rows'],
  [
    'with one row changed',
    (lines: string[]) => lines.map((line) => line.replace('No. 7', 'No. 8')),
    'checksum',
  ],
  ['with something after its end', (lines: string[]) => [...lines.slice(0, -1), '[]', ''], 'after its end'],
  ['that is no backup', () => ['hello', ''], 'not a backup'],
  ['of a later format', withHeader((header) => ({ ...header, version: 2 })), 'in format 2'],
])('a file %s is refused', async (_, change, words) => {
  const target = await makeEmptyDatabase();
  await expect(restore(target, await backUpChanged(change))).rejects.toThrow(words);
});

test('no file, and a file that is not compressed, are refused in words', async () => {
  const target = await makeEmptyDatabase();
  const path = join(makeFolder(), 'a');
  await expect(restore(target, path)).rejects.toThrow(`There is no file ${path}`);
  writeFileSync(path, 'hello');
  await expect(restore(target, path)).rejects.toThrow('not a backup');
});

test('a database with rows is refused unless it may be replaced', async () => {
  const path = await backUp(openForCommand(server.connection));
  const target = await makeEmptyDatabase();
  await migrate(target.pool, await allMigrations(), createLog('silent'));
  await restore(target, path);
  await expect(restore(target, path)).rejects.toThrow('not empty (table environment');
  await restore(target, path, { isReplacing: true });
  expect(await fingerprint(target)).toEqual(await fingerprint(server.database));
});

test('a database that a Doorwright uses is refused unless forced', async () => {
  const path = await backUp(openForCommand(server.connection));
  await server.api.get('/organizations');
  const database = openForCommand(server.connection);
  await expect(restore(database, path, { isReplacing: true })).rejects.toThrow('is using this database');
});

test('a backup of a newer Doorwright, or of changed migrations, is refused', async () => {
  const migrations = await allMigrations();
  const path = await backUp(openForCommand(server.connection));
  const target = await makeEmptyDatabase();
  const older = restore(target, path, { migrations: migrations.slice(0, -1) });
  await expect(older).rejects.toThrow('made by a newer Doorwright, 9.9.9');
  const changed = migrations.map((migration, index) =>
    index === 1 ? { ...migration, checksum: 'another' } : migration,
  );
  await expect(restore(target, path, { migrations: changed })).rejects.toThrow(
    `${migrations[1]?.name} is another`,
  );
});

test('a restore that fails on its way leaves the database as it was', async () => {
  const before = await fingerprint(server.database);
  const path = await backUp(openForCommand(server.connection));
  const migrations = await allMigrations();
  const last = migrations.findLast(({ sql: text }) => /create table|add column/.test(text));
  // The same checksum, another table: what comes late in the transaction fails.
  const broken = migrations.map((migration) =>
    migration === last ? { ...migration, sql: 'create table unexpected (id text)' } : migration,
  );
  const flags = { isReplacing: true, isForced: true, migrations: broken };
  await expect(restore(openForCommand(server.connection), path, flags)).rejects.toThrow(BackupError);
  expect(await fingerprint(server.database)).toEqual(before);
});

test('a backup that fails leaves no file, and an older one as it was', async () => {
  const path = join(makeFolder(), 'a.backup');
  writeFileSync(path, 'older');
  const header = {
    format: 'doorwright-backup' as const,
    version: 1,
    doorwright: '9.9.9',
    created_at: '',
    migrations: [],
    key_ids: [],
    event_months: [],
    sequences: [],
    tables: [],
  };
  const failing = writeBackupFile(path, header, () => Promise.reject(new Error('gone')));
  await expect(failing).rejects.toThrow('gone');
  expect(readFileSync(path, 'utf8')).toBe('older');
  expect(readdirSync(dirname(path))).toEqual(['a.backup']);
});

test('there is nothing to back up before the first start', async () => {
  await expect(backUp(await makeEmptyDatabase())).rejects.toThrow('holds nothing yet');
});
