// The real command on installations that are well, and on ones that somebody has broken.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { findRunningPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { type TestClient, createClient } from '../client.ts';
import { startMailServer } from '../mail.ts';
import { useReceivers, anEndpoint, within } from '../webhooks.ts';
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
let api: TestClient;

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
  api = createClient(server.url, server.apiKey);
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

describe('webhooks', () => {
  const openReceiver = useReceivers();
  const asProduction = ['--mode', 'production'] as const;
  const ofWebhooks = (found: Examined): string[] =>
    found.findings
      .filter(({ check }) => check === 'webhooks')
      .map(({ level, message }) => `${level}: ${message}`);
  const change = (id: string, columns: string) =>
    database.query(`update webhook_endpoint set ${columns} where id = $1`, [id]);

  afterEach(async () => {
    await database.query('delete from webhook_endpoint');
  });

  test('without an endpoint nothing is said; one that is well is counted, its secret tried, and it is sent nothing', async () => {
    expect(ofWebhooks(await examine(running()))).toEqual([]);
    const receiver = await openReceiver();
    await anEndpoint(api, receiver.url);
    const found = await examine(running());
    expect(ofWebhooks(found)).toEqual(['ok: 1 endpoint is enabled: 0 deliveries wait.']);
    expect(messagesOf(found, 'ok').join('\n')).toMatch(/The master key opens [^.]*webhook secrets/);
    expect(receiver.received).toEqual([]);
  });

  test('an address that requests are not sent to, and plain HTTP in production, without the path', async () => {
    const { id } = await anEndpoint(api, `http://127.0.0.1:${portOf(other)}/hook-secret`);
    const inProduction = ofWebhooks(await examine(running(), ...asProduction));
    const where = `${id} at http://127.0.0.1:${portOf(other)}`;
    expect(inProduction).toEqual([
      expect.stringContaining(`${where}: its URL leads to a private address, so nothing is sent there.`),
      expect.stringContaining(`${where}: its URL is plain HTTP: events can be read on their way`),
      'note: 1 endpoint is enabled: 0 deliveries wait.',
    ]);
    expect(inProduction.join()).not.toContain('hook-secret');
    expect(inProduction[0]).toMatch(/^warning: [^:]+ \(client_\w+\): we_/);
    const allowed = { ...running(), DOORWRIGHT_ALLOW_HTTP_LOOPBACK: '1' };
    const fine = ['ok: 1 endpoint is enabled: 0 deliveries wait.'];
    expect(ofWebhooks(await examine(allowed, ...asProduction))).toEqual(fine);
    await change(id, "endpoint_url = 'https://10.1.2.3/'");
    expect(ofWebhooks(await examine(running()))).toEqual([
      expect.stringContaining('leads to a private address'),
      expect.stringContaining('note:'),
    ]);
    const network = { ...running(), DOORWRIGHT_OUTBOUND_NETWORKS: '10.1.0.0/16' };
    expect(ofWebhooks(await examine(network, ...asProduction))).toEqual(fine);
  });

  test('one that fails, one that was disabled for it, and what waits', async () => {
    const receiver = await openReceiver();
    const failing = await anEndpoint(api, `${receiver.url}/failing`);
    const paused = await anEndpoint(api, `${receiver.url}/paused`);
    const disabled = await anEndpoint(api, `${receiver.url}/disabled`, ['user.created']);
    const off = await anEndpoint(api, `${receiver.url}/off`, ['user.created']);
    await api.patch(`/webhook_endpoints/${off.id}`, { status: 'disabled' });
    for (const { id } of [failing, paused]) await api.post(`/management/webhook_endpoints/${id}/pause`, {});
    await api.post('/organizations', { name: 'Waits' });
    await vi.waitFor(async () => {
      const { rows } = await database.query("select from webhook_delivery where state = 'pending'");
      expect(rows).toHaveLength(2);
    }, within);
    // As after tries that nobody waits for here: one is due in a day, the other endpoint is given up.
    await database.query("update webhook_delivery set due_at = now() + interval '1 day'");
    const since = '2026-01-02T03:04:05.000Z';
    const last = '2026-01-03T00:00:00.000Z';
    await change(failing.id, `state = 'enabled', failing_since = '${since}', last_failure_at = '${last}'`);
    await change(
      disabled.id,
      `state = 'disabled', disabled_reason = 'failing', disabled_at = '${last}', failing_since = '${since}'`,
    );
    const found = await examine(running());
    expect(found.code).toBe(0);
    expect(ofWebhooks(found)).toEqual([
      expect.stringContaining(
        `every delivery has failed since ${since}, the last at ${last}; 1 delivery waits. See GET /management/webhook_endpoints/${failing.id}/deliveries`,
      ),
      expect.stringContaining(
        `${disabled.id} at ${new URL(receiver.url).origin}: it was disabled at ${last}, for every delivery had failed since ${since}.`,
      ),
      'note: 1 endpoint is paused: 1 delivery waits.',
      'note: 1 endpoint is enabled: 1 delivery waits.',
    ]);
    expect(receiver.received).toEqual([]);
  });

  test('of many that are wrong twenty are named, and of many that wait a thousand are counted', async () => {
    const { id } = await anEndpoint(api, `http://127.0.0.1:${portOf(other)}/`);
    const copied = (await database.query('select * from webhook_endpoint limit 0')).fields
      .map(({ name }) => name)
      .filter((name) => name !== 'id' && name !== 'endpoint_url');
    await database.query(
      `insert into webhook_endpoint (id, endpoint_url, ${copied.join()})
       select id || number, 'https://10.0.0.' || number, ${copied.join()}
       from webhook_endpoint, generate_series(1, 25) as number`,
    );
    await database.query(
      `insert into webhook_delivery (environment_id, id, endpoint_id, sequence, event_id, event_type, event_created_at,
         state, due_at, created_at)
       select environment_id, 'delivery_' || number, id, number, 'event_' || number, 'user.created', now(), 'pending',
         now() + interval '1 day', now()
       from webhook_endpoint, generate_series(1, 1200) as number where id = $1`,
      [id],
    );
    const found = ofWebhooks(await examine(running()));
    expect(found.filter((line) => line.startsWith('warning:'))).toHaveLength(21);
    expect(found.at(-2)).toBe(
      'warning: 5 more endpoints are like these. See GET /management/webhook_endpoints',
    );
    expect(found.at(-1)).toBe('note: 26 endpoints are enabled: at least 1000 deliveries wait.');
  });

  test('a master key that only webhook secrets need is missed', async () => {
    await anEndpoint(api, `http://127.0.0.1:${portOf(other)}/`);
    await database.query(
      "update webhook_endpoint set secret_sealed = set_byte(secret_sealed, 2, ascii('z'))",
    );
    const found = await examine(running());
    expect(messagesOf(found, 'error')).toEqual([expect.stringContaining('sealed with the master key z1')]);
  });
});
