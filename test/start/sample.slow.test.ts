// The sample application beside the server: when it is there, where, and for how long.
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../client.ts';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';

let folder: string;
let running: RunningProgram[] = [];

beforeAll(buildProgram, 120_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-sample-'));
});
afterEach(async () => {
  await Promise.all(running.map((program) => program.stop()));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

async function start(sample: 'on' | 'off'): Promise<RunningProgram> {
  const environment = { DOORWRIGHT_DATA_DIR: join(folder, 'data'), DOORWRIGHT_SAMPLE: sample };
  const program = await startProgram(environment);
  running.push(program);
  return program;
}

const isAnswering = (url: string | null): Promise<boolean> =>
  fetch(url ?? '').then(
    ({ ok }) => ok,
    () => false,
  );
const untilAnswering = (url: string | null, wanted: boolean) =>
  vi.waitFor(async () => expect(await isAnswering(url)).toBe(wanted), { timeout: 20_000, interval: 50 });

/** What is registered for the sample. */
async function addressesOf({ url, apiKey }: RunningProgram) {
  const api = createClient(url, apiKey);
  const urisAt = async (path: string) =>
    (await api.get(path)).body.data.map(({ uri }: { uri: string }) => uri);
  return {
    signIn: await urisAt('/user_management/redirect_uris'),
    signOut: await urisAt('/management/sign_out_redirects'),
    urls: (await api.get('/management/settings')).body.urls,
  };
}

test('it ends with the server, whether that is stopped or killed', async () => {
  const stopped = await start('on');
  await untilAnswering(stopped.sampleUrl, true);
  expect(await stopped.stop()).toBe(0);
  expect(await isAnswering(stopped.sampleUrl)).toBe(false);
  expect(stopped.log()).not.toContain('sample');

  const killed = await start('on');
  await untilAnswering(killed.sampleUrl, true);
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  await untilAnswering(killed.sampleUrl, false);
  // One more, to take the database over and end it.
  await start('off');
});

test('when its port is taken it has the next one, and that is what is registered', async () => {
  const first = await start('on');
  const port = Number(new URL(first.sampleUrl ?? '').port);
  const before = await addressesOf(first);
  expect(before).toMatchObject({
    signIn: [`${first.sampleUrl}/callback`],
    signOut: [`${first.sampleUrl}/`],
    urls: {
      app_homepage_url: `${first.sampleUrl}/`,
      sign_in_url: `${first.sampleUrl}/login`,
      sign_up_url: `${first.sampleUrl}/sign-up`,
    },
  });
  const api = createClient(first.url, first.apiKey);
  await api.patch('/management/settings', { urls: { sign_up_url: 'https://app.example.com/join' } });
  await first.stop();

  const other: Server = createServer();
  await new Promise<void>((resolve) => {
    other.listen(port, '127.0.0.1', resolve);
  });
  const second = await start('on');
  expect(second.sampleUrl).not.toBe(first.sampleUrl);
  const after = await addressesOf(second);
  expect(after.signIn).toContain(`${second.sampleUrl}/callback`);
  expect(after.signOut).toContain(`${second.sampleUrl}/`);
  expect(after.urls).toMatchObject({
    sign_in_url: `${second.sampleUrl}/login`,
    sign_up_url: 'https://app.example.com/join',
  });
  other.close();
});

test('switched off there is none, and the server says nothing of it', async () => {
  const program = await start('off');
  expect(program.sampleUrl).toBeNull();
  expect(program.log()).toBe('');
});
