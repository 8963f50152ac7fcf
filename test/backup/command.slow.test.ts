// R-11 with the built program: backup beside a running server, restore on another machine's data directory, start.
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { type RunningProgram, buildProgram, runProgram, startProgram } from '../program.ts';

let folder: string;
let file: string;
let server: RunningProgram;
let organizationId: string;
let cursor: string;

const source = () => ({ DOORWRIGHT_DATA_DIR: join(folder, 'source') });
const target = () => ({ DOORWRIGHT_DATA_DIR: join(folder, 'target') });
const api = () => createClient(server.url, server.apiKey);

const lastEvent = async (): Promise<string> => (await api().get('/events?limit=100')).body.data.at(-1).id;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-backup-'));
  file = join(folder, 'nightly.backup');
  await buildProgram();
  server = await startProgram(source());
  organizationId = (await api().post('/organizations', { name: 'Kept' })).body.id;
  cursor = await lastEvent();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('a backup beside the running server says what it wrote and which keys it takes', async () => {
  const once = { headers: { 'idempotency-key': 'one' } };
  await api().post('/organizations', { name: 'With a sealed reply' }, once);
  const { code, stdout } = await runProgram(['backup', file, '--json'], source());
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    file,
    bytes: statSync(file).size,
    // The first one is of development mode.
    rows: { organization: 3 },
    key_ids: ['k1'],
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const spoken = await runProgram(['backup', file], source());
  expect(spoken.stdout).toContain('Secrets in it open only with the master key k1');
});

test('a restore is refused while the server runs, and over its rows', async () => {
  const running = await runProgram(['restore', file], source());
  expect([running.code, running.stderr]).toEqual([
    1,
    expect.stringContaining('in use by another Doorwright'),
  ]);
  await server.stop();
  const filled = await runProgram(['restore', file], source());
  expect([filled.code, filled.stderr]).toEqual([1, expect.stringContaining('--replace')]);
});

test('another data directory continues from the backup: keys, cursors, replies, and nothing twice', async () => {
  const restored = await runProgram(['restore', file, '--json'], target());
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  expect(JSON.parse(restored.stdout)).toMatchObject({ rows: { organization: 3 }, applied: [] });
  copyFileSync(join(folder, 'source/master.key'), join(folder, 'target/master.key'));
  server = await startProgram(target());
  expect((await api().get(`/organizations/${organizationId}`)).body.name).toBe('Kept');
  const since = (await api().get(`/events?after=${cursor}`)).body.data;
  expect(since.map(({ data }: { data: { name: string } }) => data.name)).toEqual(['With a sealed reply']);
  const again = await api().post(
    '/organizations',
    { name: 'With a sealed reply' },
    { headers: { 'idempotency-key': 'one' } },
  );
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  expect(await lastEvent()).toBe(since[0].id);
});
