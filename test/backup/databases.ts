import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { writeBackup } from '../../src/platform/database/backup.ts';
import { type Database, openDatabase } from '../../src/platform/database/database.ts';
import { type Migration, readMigrations } from '../../src/platform/database/migrate.ts';
import { type Restored, restoreBackup } from '../../src/platform/database/restore.ts';
import { rawSql, sql } from '../../src/platform/database/sql.ts';
import { createLog } from '../../src/platform/log.ts';
import { type TestPostgres, createEmptyDatabase } from '../postgres.ts';

/** Backups and restores as the commands make them, on databases of the run's PostgreSQL. */

/** A folder for the files of one test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorwright-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The one connection of a command, closed at the end of the test. */
export function openForCommand(connection: TestPostgres): Database {
  const database = openDatabase({
    connection,
    isDirect: false,
    poolSize: 1,
    queryTimeoutMs: null,
    onPoolError: () => undefined,
  });
  onTestFinished(() => database.close());
  return database;
}

/** A database without a schema, dropped at the end of the test. */
export async function makeEmptyDatabase(): Promise<Database> {
  const made = await createEmptyDatabase();
  onTestFinished(made.drop);
  return openForCommand(made.connection);
}

/** Writes a backup and returns its path. */
export async function backUp(database: Database, name = 'a.backup'): Promise<string> {
  const path = join(makeFolder(), name);
  await writeBackup(database, path, { version: '9.9.9' });
  return path;
}

/** This repository's migrations. */
export const allMigrations = (): Promise<Migration[]> =>
  readMigrations(new URL('../../migrations', import.meta.url).pathname);

export interface RestoreFlags {
  isReplacing?: boolean;
  isForced?: boolean;
  migrations?: Migration[];
}

/** Restores as `doorwright restore` does. */
export async function restore(database: Database, path: string, flags: RestoreFlags = {}): Promise<Restored> {
  return restoreBackup(database, path, {
    migrations: flags.migrations ?? (await allMigrations()),
    isReplacing: flags.isReplacing ?? false,
    isForced: flags.isForced ?? false,
    log: createLog('silent'),
  });
}

/** Rows and a hash of their text for each table. Columns that a restore changes on purpose are left out. */
export async function fingerprint(database: Database): Promise<Record<string, string>> {
  const tables = await database.many<{ name: string }>(sql`
    select relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname not in ('migration', 'job') order by 1`);
  const entries = tables.map(async ({ name }) => {
    const { text } = await database.one<{ text: string }>(
      rawSql(`select count(*) || ' ' || coalesce(md5(string_agg(line, e'\\n' order by line)), '') as text from (
        select (to_jsonb(t) - 'xid' - 'seq')::text as line from ${name} t) as lines`),
    );
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
