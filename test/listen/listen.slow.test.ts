// The real command beside a real server, with an application that verifies by the official SDK.
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type TestClient, createClient } from '../client.ts';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { type Listener, eventually, startListener } from './listener.ts';
import {
  type Received,
  type Receiver as RawReceiver,
  startReceiver as startRawReceiver,
} from '../receiver.ts';
import { type Receiver, startReceiver } from './receiver.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
afterAll(() => vi.resetConfig());

let folder: string;
let program: RunningProgram;
let api: TestClient;
let receiver: Receiver;
let secret: string;
let listeners: Listener[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-listen-'));
  await buildProgram();
  program = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'data') });
  api = createClient(program.url, program.apiKey);
});

afterAll(async () => {
  await program.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  secret = '';
  receiver = await startReceiver(() => secret);
});

afterEach(async () => {
  for (const listener of listeners) listener.kill('SIGKILL');
  await Promise.all(listeners.map(({ ended }) => ended));
  listeners = [];
  await receiver.close();
});

function listen(...args: string[]): Listener {
  const addresses = ['--url', program.url, '--forward-to', receiver.url];
  const listener = startListener([...addresses, ...args]);
  listeners.push(listener);
  return listener;
}

/** Starts one, and waits until it knows where to begin. */
async function listening(...args: string[]): Promise<Listener> {
  const listener = listen('--json', ...args);
  await eventually(() => expect(listener.lines()[0]).toMatchObject({ ready: true }));
  secret = String(listener.lines()[0]?.['secret']);
  return listener;
}

const makeOrganization = async (name: string): Promise<string> =>
  (await api.post('/organizations', { name })).body.id as string;

/** The id of the newest event there is, when all that happened can be read. */
async function newestEvent(name: string): Promise<{ id: string; event: string }> {
  return vi.waitFor(
    async () => {
      const { body } = await api.get('/events?order=desc&limit=1');
      expect(body.data[0].data.name).toBe(name);
      return { id: body.data[0].id, event: body.data[0].event };
    },
    { timeout: 20_000, interval: 50 },
  );
}

const namesOf = ({ received }: Receiver): string[] => received.map(({ event }) => event);

test('what happens from now on arrives in order, signed for the secret that was printed', async () => {
  await makeOrganization('Before');
  await newestEvent('Before');
  const listener = await listening();
  expect(secret).toMatch(/^whsec_/);
  const id = await makeOrganization('One');
  await api.put(`/organizations/${id}`, { name: 'Two' });
  await api.delete(`/organizations/${id}`);
  await eventually(() => expect(listener.lines().length).toBe(4));
  expect(namesOf(receiver)).toEqual(['organization.created', 'organization.updated', 'organization.deleted']);
  expect(receiver.refused).toBe(0);
  expect(listener.lines().slice(1)).toEqual(
    receiver.received.map(({ id: eventId, event }) => ({
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      event,
      id: eventId,
      status: 200,
      ms: expect.any(Number) as number,
      error: null,
    })),
  );
});

test('people read a table, and the same key has the same secret the next time', async () => {
  const first = listen();
  await eventually(() => expect(first.stdout()).toMatch(/^time +event +id +status +ms\n/));
  secret = /whsec_\S+/.exec(first.stderr())?.[0] ?? '';
  await makeOrganization('Table');
  await eventually(() =>
    expect(first.stdout()).toMatch(/\n\d\d:\d\d:\d\d {2}organization\.created +event_\w{26} +200 +\d+\n/),
  );
  expect(receiver.received.length).toBe(1);
  const again = await listening();
  expect(again.lines()[0]?.['secret']).toBe(secret);
});

test('the key, the address of the server and a secret come from where the application has them', async () => {
  const { hostname, port } = new URL(program.url);
  const listener = startListener(['--json', '--forward-to', receiver.url, '--secret', 'whsec_own'], {
    WORKOS_API_KEY: program.apiKey,
    WORKOS_API_HOSTNAME: hostname,
    WORKOS_API_PORT: port,
    WORKOS_API_HTTPS: 'false',
  });
  listeners.push(listener);
  await eventually(() => expect(listener.lines()[0]).toMatchObject({ secret: 'whsec_own' }));
  secret = 'whsec_own';
  await makeOrganization('Variables');
  await eventually(() => expect(receiver.received.length).toBe(1));
});

test('an application is sent the same bytes and headers as a webhook endpoint', async () => {
  const [endpoint, forwarded] = [await startRawReceiver(), await startRawReceiver()];
  try {
    const { body: made } = await api.post('/webhook_endpoints', { endpoint_url: endpoint.url, events: [] });
    await listening('--forward-to', forwarded.url);
    await api.post('/organizations', { name: 'Bytes ä', metadata: { zebra: '1', 7: '"', apple: '</' } });
    await makeOrganization('More');
    await eventually(() => expect(endpoint.received.length).toBe(2));
    await eventually(() => expect(forwarded.received.length).toBe(2));
    const bodies = ({ received }: RawReceiver) => received.map(({ body }) => body);
    expect(bodies(forwarded)).toEqual(expect.arrayContaining(bodies(endpoint)));
    const own = ({ headers }: Received) =>
      Object.keys(headers)
        .filter((name) => !/^(host|connection)$/.test(name))
        .toSorted();
    expect(forwarded.received.map(own)).toEqual(endpoint.received.map(own));
    expect(forwarded.received.map(({ headers }) => headers['doorwright-endpoint-sequence'])).toEqual([
      '1',
      '2',
    ]);
    for (const { headers } of forwarded.received) {
      expect(headers['doorwright-delivery-id']).toMatch(/^webhook_delivery_[0-9A-Z]{26}$/);
      expect(headers['doorwright-delivery-attempt']).toBe('1');
    }
    await api.delete(`/webhook_endpoints/${made.id}`);
  } finally {
    await Promise.all([endpoint.close(), forwarded.close()]);
  }
});

test('--events asks for these alone', async () => {
  await listening('--events', 'organization.deleted, user.created');
  const id = await makeOrganization('Filtered');
  await api.delete(`/organizations/${id}`);
  await eventually(() => expect(namesOf(receiver)).toEqual(['organization.deleted']));
});

test('--since sends what has happened meanwhile', async () => {
  await makeOrganization('Since');
  const { id } = await newestEvent('Since');
  await makeOrganization('Meanwhile');
  await makeOrganization('Meanwhile too');
  await newestEvent('Meanwhile too');
  secret = 'whsec_since';
  await listening('--since', id, '--secret', secret);
  await eventually(() => expect(receiver.received.length).toBe(2));
  expect(receiver.received.every((event) => event.id !== id)).toBe(true);
});

test('an application that refuses, redirects or is away is shown, and the next event is sent', async () => {
  const listener = await listening();
  receiver.answer = 500;
  await makeOrganization('Refused');
  await eventually(() =>
    expect(listener.lines().at(-1)).toMatchObject({ status: 500, error: 'Not delivered.' }),
  );
  receiver.answer = 302;
  await makeOrganization('Redirected');
  await eventually(() =>
    expect(listener.lines().at(-1)).toMatchObject({ status: 302, error: 'Redirects are not followed.' }),
  );
  const { port } = new URL(receiver.url);
  await receiver.close();
  await makeOrganization('Away');
  await eventually(() =>
    expect(listener.lines().at(-1)).toMatchObject({
      status: null,
      error: `The endpoint http://127.0.0.1:${port} could not be reached, or closed the connection.`,
    }),
  );
  receiver = await startReceiver(() => secret, Number(port));
  await makeOrganization('Back');
  await eventually(() => expect(namesOf(receiver)).toEqual(['organization.created']));
});

test('--replay sends one event again under its id, and ends', async () => {
  secret = 'whsec_replay';
  await makeOrganization('Replayed');
  const event = await newestEvent('Replayed');
  await makeOrganization('Later');
  const listener = listen('--json', '--secret', secret, '--replay', event.id);
  expect(await listener.ended).toBe(0);
  expect(receiver.received).toEqual([event]);
  expect(listener.lines()).toMatchObject([{ ...event, status: 200, error: null }]);
  receiver.answer = 503;
  const failed = listen('--secret', secret, '--replay', event.id);
  expect(await failed.ended).toBe(1);
  expect(failed.stdout()).toMatch(/ 503 +\d+ +Not delivered\.\n$/);
});

test('the first event of all can be sent again too', async () => {
  secret = 'whsec_replay';
  const { body } = await api.get('/events?limit=1');
  const { id, event } = body.data[0] as { id: string; event: string };
  const listener = listen('--secret', secret, '--replay', id);
  expect(await listener.ended).toBe(0);
  expect(receiver.received).toEqual([{ id, event }]);
});

test.each<[what: string, args: string[], words: RegExp]>([
  ['a key that is none', ['--api-key', 'sk_test_wrong'], /refuses the API key \(401\).*--api-key/],
  ['an event that is none', ['--events', 'organization.exploded'], /no event named 'organization\.exploded'/],
  ['an event that no endpoint is sent', ['--events', 'vault.data.read'], /is not sent to webhook endpoints/],
  [
    'a place that is unknown',
    ['--since', 'event_01HZZZZZZZZZZZZZZZZZZZZZZZ'],
    /no event event_01HZZZZZZZZZZZZZZZZZZZZZZZ at http/,
  ],
  [
    'an unknown event to replay',
    ['--replay', 'event_01HZZZZZZZZZZZZZZZZZZZZZZZ'],
    /no event event_01HZ.* 90 days/,
  ],
  [
    'an address with a password',
    ['--forward-to', 'http://u:p@localhost:3000'],
    /without a user name and password/,
  ],
  ['an address that is none', ['--forward-to', 'localhost:3000'], /--forward-to takes an address such as/],
])('%s is refused in words', async (_, args, words) => {
  const listener = listen(...args);
  expect(await listener.ended).toBe(1);
  expect(listener.stderr()).toMatch(words);
  expect([listener.stdout(), receiver.received]).toEqual(['', []]);
});

test('an address where something else answers is refused in words', async () => {
  const other: Server = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const listener = listen('--url', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
  expect(await listener.ended).toBe(1);
  expect(listener.stderr()).toContain('does not answer as Doorwright does. Is --url right?');
  other.close();
});

test('the first signal waits for the event that is under way, and says how to go on', async () => {
  receiver.answer = 'hang';
  const listener = await listening();
  await makeOrganization('Last');
  await eventually(() => expect(receiver.received.length).toBe(1));
  listener.kill('SIGINT');
  await receiver.close();
  expect(await listener.ended).toBe(0);
  const { id } = receiver.received[0] ?? {};
  expect(listener.lines().at(-1)).toMatchObject({ id, status: null });
  expect(listener.stderr()).toContain(`Stopped. \`--since ${id}\` goes on from here.`);
});

test('a listener that waits for events ends at once', async () => {
  const listener = await listening();
  listener.kill('SIGTERM');
  expect(await listener.ended).toBe(0);
});

/** Starts a server where the last one was. */
async function startAgain(data: string): Promise<void> {
  const { port } = new URL(program.url);
  program = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, data), PORT: port });
  api = createClient(program.url, program.apiKey);
}

async function makeOrganizations(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await makeOrganization(`Number ${index}`));
  return ids;
}

/** The organizations that events of the server tell of, in its order. */
async function listCreated(since: string): Promise<{ event: string; organization: string }[]> {
  const { body } = await api.get(`/events?limit=100&events=organization.created${since}`);
  return (body.data as { id: string; data: { id: string } }[]).map(({ id, data }) => ({
    event: id,
    organization: data.id,
  }));
}

test('a server that is killed and comes back is asked again: no event is missed, none comes twice', async () => {
  await makeOrganization('Mark');
  const { id: mark } = await newestEvent('Mark');
  const listener = await listening();
  const before = await makeOrganizations(20);
  process.kill(program.pid, 'SIGKILL');
  await program.ended;
  await eventually(() => expect(listener.stderr()).toContain('Trying again until it answers.'));
  await startAgain('data');
  const after = await makeOrganizations(20);
  await eventually(() => expect(receiver.received.length).toBe(40));
  const told = await listCreated(`&after=${mark}`);
  expect(told.map(({ organization }) => organization).sort()).toEqual([...before, ...after].sort());
  expect(receiver.received.map(({ id }) => id)).toEqual(told.map(({ event }) => event));
  expect(listener.stderr()).toContain('The server answers again.');
  expect(receiver.refused).toBe(0);
});

test('a server whose data was replaced is read from its first event', async () => {
  const listener = await listening();
  await makeOrganization('Gone');
  await eventually(() => expect(receiver.received.length).toBe(1));
  await program.stop();
  await startAgain('other-data');
  await makeOrganizations(2);
  await eventually(() => expect(listener.stderr()).toContain('Reading from its first.'));
  const told = await listCreated('');
  // The default organization is of the new data too.
  await eventually(() =>
    expect(receiver.received.slice(1).map(({ id }) => id)).toEqual(
      expect.arrayContaining(told.map(({ event }) => event)),
    ),
  );
});
