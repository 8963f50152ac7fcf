// What `npm start` prints is copied by people: here it is run.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let folder: string;
let child: ChildProcess;
let printed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-announce-'));
  ({ child, printed } = await start());
});

afterAll(async () => {
  await stop(child);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script behind `npm start` until it has printed everything. */
async function start(): Promise<{ child: ChildProcess; printed: string }> {
  const started = spawn(process.execPath, [resolve('scripts/start.mjs')], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      DOORWRIGHT_DATA_DIR: join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  started.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  await new Promise<void>((done, fail) => {
    started.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
      if (/^ *WORKOS_API_HTTPS=.*\n/m.test(output.stdout)) done();
    });
    started.once('exit', () => fail(new Error(`npm start ended: ${output.stdout}${output.stderr}`)));
  });
  return { child: started, printed: output.stdout };
}

async function stop(running: ChildProcess): Promise<void> {
  const closed = once(running, 'close');
  running.kill('SIGTERM');
  await closed;
}

/** The environment block as a shell reads it. */
const environmentIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^ *(WORKOS_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));

test('every address that is printed answers', async () => {
  const urls = [...printed.matchAll(/https?:\/\/127\.0\.0\.1:\d+\S*/g)].map(([url]) => url);
  expect(urls.length).toBeGreaterThanOrEqual(4);
  for (const url of urls.filter((one) => new URL(one).pathname !== '/')) {
    expect((await fetch(url)).status, url).toBe(200);
  }
});

test('the sample application that is printed signs people in by this server', async () => {
  const url = /^ *Sample +(\S+)$/m.exec(printed)?.[1] ?? '';
  await vi.waitFor(() => fetch(url), { timeout: 20_000, interval: 50 });
  const { headers } = await fetch(`${url}/login`, { redirect: 'manual' });
  const response = await fetch(headers.get('location') ?? '', { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([
    302,
    expect.stringContaining('/sign-in?'),
  ]);
});

test('the constructor line that is printed makes an SDK that works', async () => {
  const line = /new WorkOS\(.*\)/.exec(printed)?.[0];
  expect(line).toBeDefined();
  const construct = new Function('WorkOS', `return ${line}`) as (type: typeof WorkOS) => WorkOS;
  const sdk = construct(WorkOS);
  const { data } = await sdk.organizations.listOrganizations();
  expect(data.map(({ name }) => name)).toEqual(['Test Organization']);
  expect(sdk.clientId).toBe('client_test_default');
});

test('the environment block that is printed configures an SDK that works', async () => {
  const environment = environmentIn(printed);
  expect(environment['WORKOS_COOKIE_PASSWORD']?.length).toBeGreaterThanOrEqual(32);
  const sdk = new WorkOS(environment['WORKOS_API_KEY'], {
    apiHostname: environment['WORKOS_API_HOSTNAME'] ?? '',
    port: Number(environment['WORKOS_API_PORT']),
    https: environment['WORKOS_API_HTTPS'] === 'true',
    clientId: environment['WORKOS_CLIENT_ID'] ?? '',
  });
  const made = await sdk.organizations.createOrganization({ name: 'By the block' });
  expect((await sdk.organizations.getOrganization(made.id)).name).toBe('By the block');
  // The SDK has no call for redirect URIs, but its plain `get`.
  const { data } = await sdk.get<{ data: { uri: string }[] }>('/user_management/redirect_uris');
  expect(data.data.map(({ uri }) => uri)).toContain(environment['WORKOS_REDIRECT_URI']);
});

test('the cookie password is the same after a restart, and the data is there', async () => {
  const before = environmentIn(printed);
  await stop(child);
  ({ child, printed } = await start());
  const after = environmentIn(printed);
  expect(after['WORKOS_COOKIE_PASSWORD']).toBe(before['WORKOS_COOKIE_PASSWORD']);
  const sdk = new WorkOS(after['WORKOS_API_KEY'], {
    apiHostname: '127.0.0.1',
    port: Number(after['WORKOS_API_PORT']),
    https: false,
  });
  const { data } = await sdk.organizations.listOrganizations();
  expect(data.map(({ name }) => name)).toEqual(['By the block', 'Test Organization']);
});
