// A listener outlives the server: killed and started again, or put in place of another.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { type Listener, eventually, startListener } from './listener.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const secret = 'whsec_restarts';

let folder: string;
let program: RunningProgram;
let receiver: Receiver;
let listener: Listener;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-listen-'));
  await buildProgram();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  program = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'data') });
  receiver = await startReceiver(() => secret);
  listener = startListener([
    '--json',
    `--url=${program.url}`,
    `--forward-to=${receiver.url}`,
    `--secret=${secret}`,
  ]);
  await eventually(() => expect(listener.lines()[0]).toMatchObject({ ready: true }));
});

afterEach(async () => {
  listener.kill('SIGKILL');
  await listener.ended;
  await receiver.close();
  await program.stop();
});

/** Starts a server where the last one was. */
async function startAgain(data: string): Promise<void> {
  const { port } = new URL(program.url);
  program = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, data), PORT: port });
}

async function makeOrganizations(count: number): Promise<void> {
  const api = createClient(program.url, program.apiKey);
  for (let index = 0; index < count; index += 1) {
    expect((await api.post('/organizations', { name: `Number ${index}` })).status).toBe(201);
  }
}

/** Every id of the server's own list. */
async function listIds(): Promise<string[]> {
  const api = createClient(program.url, program.apiKey);
  const { body } = await api.get('/events?limit=100&events=organization.created');
  return (body.data as { id: string; data: { name: string } }[])
    .filter(({ data }) => data.name.startsWith('Number'))
    .map(({ id }) => id);
}

test('a server that is killed and comes back is asked again: no event is missed, none comes twice', async () => {
  await makeOrganizations(20);
  process.kill(program.pid, 'SIGKILL');
  await program.ended;
  await eventually(() => expect(listener.stderr()).toContain('Trying again until it answers.'));
  await startAgain('data');
  await makeOrganizations(20);
  await eventually(() => expect(receiver.received.length).toBe(40));
  expect(receiver.received.map(({ id }) => id)).toEqual(await listIds());
  expect(listener.stderr()).toContain('The server answers again.');
  expect(receiver.refused).toBe(0);
});

test('a server whose data was replaced is read from its first event', async () => {
  await makeOrganizations(1);
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(0));
  receiver.received = [];
  await program.stop();
  await startAgain('other-data');
  await makeOrganizations(2);
  const ids = await listIds();
  await eventually(() => expect(receiver.received.map(({ id }) => id)).toEqual(expect.arrayContaining(ids)));
  expect(listener.stderr()).toContain('Reading from its first.');
});
