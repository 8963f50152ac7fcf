import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { answer } from '../../../test/receiver.ts';
import { anEndpoint, deliveryWhen, useReceivers, within } from '../../../test/webhooks.ts';
import type { Worker } from '../../platform/jobs/worker.ts';
import { retryDelays } from './dispatch/schedule.ts';

const server = useServer();
const aReceiver = useReceivers();
let worker: Worker;

beforeAll(() => {
  worker = server.startJobs();
});

beforeEach(() => server.clock.setOffset(0));

const pass = (seconds: number) => {
  server.clock.setOffset(server.clock.offsetMs + seconds * 1_000);
  worker.wake();
};

test.each(['production', 'sandbox'] as const)(
  'in %s a delivery is tried as the schedule says, under the same ids, and then has failed',
  async (kind) => {
    const { api } = await server.addEnvironment(kind);
    const receiver = await aReceiver();
    receiver.behave(answer(500, 'broken'));
    const { id } = await anEndpoint(api, receiver.url);
    await api.post('/organizations', { name: 'Unlucky' });
    const delays = retryDelays[kind];
    for (const [index, delay] of delays.entries()) {
      const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count === index + 1);
      const waits = Date.parse(String(delivery['next_attempt_at'])) - server.clock.now().getTime();
      expect(waits / 1_000).toBeGreaterThan(delay - 30);
      expect(waits / 1_000).toBeLessThanOrEqual(delay * 1.1);
      pass(delay * 1.1);
    }
    const ended = await deliveryWhen(api, id, ({ state }) => state === 'failed');
    expect(ended).toMatchObject({
      attempt_count: delays.length + 1,
      next_attempt_at: null,
      last_status: 500,
    });
    expect(receiver.received).toHaveLength(delays.length + 1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['doorwright-delivery-id'])).size).toBe(1);
    expect(receiver.received.map(({ headers }) => headers['doorwright-delivery-attempt'])).toEqual(
      receiver.received.map((_, index) => String(index + 1)),
    );
    // Each try is signed anew: a late one is not too old for its receiver.
    const times = receiver.received.map(
      ({ headers }) => /t=(\d+)/.exec(String(headers['workos-signature']))?.[1],
    );
    expect(new Set(times).size).toBe(times.length);
  },
);

test('Retry-After is waited for', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  receiver.behave(answer(503, '', { 'retry-after': '300' }));
  const { id } = await anEndpoint(api, receiver.url);
  await api.post('/organizations', { name: 'Later' });
  const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  const waits = Date.parse(String(delivery['next_attempt_at'])) - server.clock.now().getTime();
  expect(waits / 1_000).toBeGreaterThan(270);
  expect(waits / 1_000).toBeLessThanOrEqual(330);
  receiver.behave(answer(204));
  pass(331);
  await deliveryWhen(api, id, ({ state }) => state === 'delivered');
});

test('a receiver that was away gets what it missed once it is back', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const { id } = await anEndpoint(api, receiver.url);
  await receiver.die();
  await api.post('/organizations', { name: 'Missed' });
  const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  expect(delivery).toMatchObject({
    state: 'pending',
    last_status: null,
    attempts: [{ status: null, response_head: null, error: expect.stringContaining('could not be reached') }],
  });
  await receiver.revive();
  pass(12);
  await vi.waitFor(() => expect(receiver.events()[0]?.data['name']).toBe('Missed'), within);
});

test('the ledger keeps the beginning of an answer, its status and its time', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  receiver.behave(answer(418, `\0${'é'.repeat(5_000)}`));
  const { id } = await anEndpoint(api, receiver.url);
  await api.post('/organizations', { name: 'Teapot' });
  const { attempts } = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  expect(attempts).toEqual([
    {
      id: expect.stringMatching(/^webhook_attempt_/),
      at: expect.any(String),
      duration_ms: expect.any(Number),
      status: 418,
      response_head: `\uFFFD${'é'.repeat(1_023)}`,
      error: null,
    },
  ]);
});

test('a secret that no master key opens is told in the ledger, and the delivery waits for its key', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const { id } = await anEndpoint(api, receiver.url);
  const { pool } = server.database;
  const { rows } = await pool.query('select secret_sealed from webhook_endpoint where id = $1', [id]);
  const write = (sealed: Buffer) =>
    pool.query('update webhook_endpoint set secret_sealed = $2 where id = $1', [id, sealed]);
  await write(Buffer.alloc(64, 1));
  await api.post('/organizations', { name: 'Sealed' });
  const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  expect(delivery).toMatchObject({
    state: 'pending',
    attempts: [{ error: expect.stringContaining('master key') }],
  });
  expect(receiver.received).toEqual([]);
  await write(rows[0].secret_sealed);
  pass(12);
  await deliveryWhen(api, id, ({ state }) => state === 'delivered');
});

test('an endpoint whose secret no master key opens is listed and changed like others, and sent to after a rotation', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const [broken, well] = [
    await anEndpoint(api, receiver.url),
    await anEndpoint(api, 'http://127.0.0.1:9/well', ['user.created']),
  ];
  await server.database.pool.query('update webhook_endpoint set secret_sealed = $2 where id = $1', [
    broken.id,
    Buffer.alloc(64, 1),
  ]);
  const read = async (): Promise<string[]> =>
    (await api.get('/webhook_endpoints')).body.data.map(({ secret }: { secret: string }) => secret);
  const [first, second] = [await read(), await read()];
  expect(first).toEqual([well.secret, expect.stringMatching(/^unreadable_\w{43}$/)]);
  // Nothing that could be guessed, should a program take it for the secret.
  expect(second[1]).not.toBe(first[1]);
  expect((await api.patch(`/webhook_endpoints/${broken.id}`, { status: 'disabled' })).status).toBe(200);
  expect((await api.patch(`/webhook_endpoints/${broken.id}`, { status: 'enabled' })).status).toBe(200);
  const rotated = await api.post(`/management/webhook_endpoints/${broken.id}/rotate_secret`);
  expect(rotated.body.secret).toMatch(/^whsec_/);
  await api.post('/organizations', { name: 'Readable' });
  const delivery = await deliveryWhen(api, broken.id, ({ state }) => state === 'delivered');
  expect(delivery['attempts']).toMatchObject([{ status: 200 }]);
  expect(String(receiver.received[0]?.headers['doorwright-signature']).match(/v1=/g)).toHaveLength(1);
  expect((await api.delete(`/webhook_endpoints/${broken.id}`)).status).toBe(204);
});

test('a process that stops finishes what is on its way: nothing is sent twice, nothing is left behind', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  receiver.behave((response) => void setTimeout(() => response.writeHead(200).end(), 50));
  await worker.stop(10_000);
  await anEndpoint(api, receiver.url);
  for (let count = 0; count < 40; count += 1) await api.post('/organizations', { name: `Handed ${count}` });
  await server.settle();
  const stopping = server.startJobs();
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(3), within);
  await stopping.stop(10_000);
  const { rows } = await server.database.pool.query(
    'select 1 from webhook_delivery where lease_until is not null',
  );
  expect(rows).toEqual([]);
  worker = server.startJobs();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(40), within);
  expect(new Set(receiver.events().map(({ id }) => id)).size).toBe(40);
});
