// The real command on installations that are well, and on ones that somebody has broken.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRunningPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { createClient } from '../client.ts';
import { startMailServer } from '../mail.ts';
import { type Environment, type RunningProgram, buildProgram, runProgram, startProgram } from '../program.ts';

interface Examined {
  code: number | null;
  ok: boolean;
  mode: string;
  findings: { check: string; level: string; message: string }[];
}

let folder: string;
let server: RunningProgram;
let database: Client;
let other: Server;

const running = (): Environment => ({
  DOORWRIGHT_DATA_DIR: join(folder, 'running'),
  PORT: new URL(server.url).port,
});
const empty = (): Environment => ({ DOORWRIGHT_DATA_DIR: join(folder, 'empty'), PORT: '0' });
const portOf = (listener: Server): string => String((listener.address() as AddressInfo).port);

async function examine(environment: Environment, ...args: string[]): Promise<Examined> {
  const { code, stdout, stderr } = await runProgram(['doctor', '--json', ...args], environment);
  expect(stderr).toBe('');
  return { code, ...(JSON.parse(stdout) as Omit<Examined, 'code'>) };
}

const messagesOf = ({ findings }: Examined, level: string): string[] =>
  findings.filter((finding) => finding.level === level).map(({ check, message }) => `${check}: ${message}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-doctor-'));
  await buildProgram();
  server = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'running') });
  const api = createClient(server.url, server.apiKey);
  // Makes the first signing key, and seals a reply.
  await api.get(`/sso/jwks/${server.clientId}`);
  await api.post('/organizations', { name: 'Kept' }, { headers: { 'idempotency-key': 'once' } });
  database = new Client((await findRunningPostgres(join(folder, 'running'))) ?? {});
  await database.connect();
  other = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(async () => {
  await database.end();
  await new Promise((resolve) => other.close(resolve));
  expect(await server.stop()).toBe(0);
  rmSync(folder, { recursive: true });
});

test('an installation that runs well has no errors, and its secrets were tried', async () => {
  const found = await examine(running());
  expect(messagesOf(found, 'error')).toEqual([]);
  expect([found.code, found.ok, found.mode]).toEqual([0, true, 'development']);
  const fine = messagesOf(found, 'ok').join('\n');
  expect(fine).toContain('This Doorwright listens on port');
  expect(fine).toContain('The master key opens signing keys, replies to idempotency keys.');
  expect(fine).toMatch(/All \d+ migrations are applied/);
  expect(fine).toContain('The clocks of database and machine agree.');
});

test('words for people end with a summary, and say the same', async () => {
  const { code, stdout } = await runProgram(['doctor'], running());
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok +node +Node\.js v\d/);
  expect(stdout).toMatch(/(Nothing is wrong\.|0 errors, \d+ warnings\.)\n$/);
});

test('where nothing is installed yet, nothing is started or made', async () => {
  const found = await examine(empty());
  expect([found.code, messagesOf(found, 'error')]).toEqual([0, []]);
  expect(messagesOf(found, 'note').join('\n')).toContain('The embedded PostgreSQL does not run');
  expect(existsSync(join(folder, 'empty'))).toBe(false);
});

test('malformed and misspelt variables are named with what they take', async () => {
  const found = await examine({ ...empty(), PORT: 'http', DORWRIGHT_WORKERS: '2', DOORWRIGHT_NOTHING: '1' });
  expect(found.code).toBe(1);
  expect(messagesOf(found, 'error')).toEqual([expect.stringContaining('PORT: must be a whole number')]);
  const warnings = messagesOf(found, 'warning').join('\n');
  expect(warnings).toContain(
    'DORWRIGHT_WORKERS is not a variable of Doorwright and is ignored. Is DOORWRIGHT_WORKERS meant?',
  );
  expect(warnings).toContain('DOORWRIGHT_NOTHING is not a variable of this version');
});

test('production without what it requires is told all of it at once', async () => {
  const found = await examine(empty(), '--mode', 'production');
  const errors = messagesOf(found, 'error').join('\n');
  expect(found.code).toBe(1);
  for (const name of ['DOORWRIGHT_MASTER_KEY', 'DOORWRIGHT_EXTERNAL_URL', 'DOORWRIGHT_TRUSTED_PROXIES']) {
    expect(errors).toContain(name);
  }
});

test('another key under the same name is found out, and so is one that is missing', async () => {
  const bytes = Buffer.alloc(32, 7).toString('base64');
  const wrong = await examine(
    { ...running(), DOORWRIGHT_MASTER_KEY: `k1:${bytes}` },
    '--mode',
    'development',
  );
  expect(messagesOf(wrong, 'error')).toEqual([
    expect.stringContaining(
      'the right name and the wrong bytes: it does not open signing keys (k1), replies',
    ),
  ]);
  const missing = await examine(
    { ...running(), DOORWRIGHT_MASTER_KEY: `k2:${bytes}` },
    '--mode',
    'development',
  );
  expect(messagesOf(missing, 'error')).toEqual([expect.stringContaining('sealed with the master key k1')]);
  const malformed = await examine(
    { ...running(), DOORWRIGHT_MASTER_KEY: 'k1:short' },
    '--mode',
    'development',
  );
  expect(messagesOf(malformed, 'error')).toEqual([expect.stringContaining('The master key cannot be read')]);
});

test('a port and an external URL of somebody else are told from our own', async () => {
  const taken = await examine({ ...running(), PORT: portOf(other) });
  expect(messagesOf(taken, 'error')).toEqual([expect.stringContaining('taken by another program')]);
  const foreign = { ...running(), DOORWRIGHT_EXTERNAL_URL: `http://127.0.0.1:${portOf(other)}` };
  expect(messagesOf(await examine(foreign, '--mode', 'development'), 'error')).toEqual([
    expect.stringContaining('is answered by another program'),
  ]);
  const own = await examine({ ...running(), DOORWRIGHT_EXTERNAL_URL: server.url }, '--mode', 'development');
  expect(messagesOf(own, 'ok').join('\n')).toContain(`This Doorwright answers at ${server.url}`);
  const idle = await examine({ ...empty(), PORT: new URL(server.url).port });
  expect(messagesOf(idle, 'error')).toEqual([expect.stringContaining('taken by another Doorwright')]);
});

test('a mail server is greeted and given nothing; one that is away is an error', async () => {
  const mailServer = await startMailServer();
  const good = await examine({ ...empty(), DOORWRIGHT_SMTP_URL: mailServer.url });
  expect(messagesOf(good, 'ok').join('\n')).toContain('takes messages from us');
  expect([mailServer.offered, mailServer.received]).toEqual([[], []]);
  await mailServer.close();
  const bad = await examine({ ...empty(), DOORWRIGHT_SMTP_URL: mailServer.url });
  expect(messagesOf(bad, 'error')).toEqual([expect.stringContaining('ECONNREFUSED')]);
});

test('a database that is away is an error, and one without a direct address a warning', async () => {
  const away = await examine({ ...empty(), DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing' });
  expect(messagesOf(away, 'error')).toEqual([expect.stringContaining('DATABASE_URL cannot be used')]);
  expect(messagesOf(away, 'warning').join('\n')).toContain('Set DATABASE_DIRECT_URL');
});

test('a database of a newer Doorwright, and a migration that was changed, are errors', async () => {
  await database.query("insert into migration (name, checksum) values ('9999_later', 'x')");
  const newer = await examine(running());
  await database.query("delete from migration where name = '9999_later'");
  expect(messagesOf(newer, 'error')).toEqual([expect.stringContaining('migrated by a newer Doorwright')]);
  const first = '(select min(name) from migration)';
  const { rows } = await database.query<{ checksum: string }>(
    `select checksum from migration where name = ${first}`,
  );
  await database.query(`update migration set checksum = 'x' where name = ${first}`);
  const changed = await examine(running());
  await database.query(`update migration set checksum = $1 where name = ${first}`, [rows[0]?.checksum]);
  expect(messagesOf(changed, 'error')).toEqual([expect.stringContaining('was changed after it was applied')]);
});

test('an environment without a redirect URI or with a malformed address is a warning', async () => {
  await database.query('begin');
  await database.query('delete from redirect_uri');
  await database.query(
    `insert into environment_setting (environment_id, name, value, updated_at)
     select id, 'urls', '{"password_reset_url":"app/reset"}', now() from environment
     on conflict (environment_id, name) do update set value = excluded.value`,
  );
  await database.query('commit');
  const found = await examine(running());
  expect(found.code).toBe(0);
  const warnings = messagesOf(found, 'warning').join('\n');
  expect(warnings).toContain('no redirect URI is registered');
  expect(warnings).toContain('no default sign-out redirect');
  expect(warnings).toContain('password_reset_url is not a URL: app/reset');
});

test('a data directory and a key that others can read are found', async () => {
  const data = mkdtempSync(join(folder, 'open-'));
  chmodSync(data, 0o755);
  const key = join(data, 'master.key');
  const own = readFileSync(join(folder, 'running', 'master.key'));
  writeFileSync(key, own);
  chmodSync(key, 0o644);
  const found = await examine({ DOORWRIGHT_DATA_DIR: data, PORT: '0' });
  expect(messagesOf(found, 'warning')).toEqual([expect.stringContaining(`chmod 700 ${data}`)]);
  expect(messagesOf(found, 'error')).toEqual([expect.stringContaining(`chmod 600 ${key}`)]);
});
