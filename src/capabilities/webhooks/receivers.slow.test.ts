// Threats H-01 to H-04 and H-07: what receivers do wrong costs their own endpoint, and nothing inside is ever reached.
import { beforeAll, expect, test, vi } from 'vitest';
import { startServer, useServer } from '../../../test/harness.ts';
import { type Behaviour, answer, drip, flood, floodHeaders, hang, reset } from '../../../test/receiver.ts';
import { anEndpoint, deliveryWhen, useReceivers, within } from '../../../test/webhooks.ts';
import { createOutboundFetch } from '../../platform/outbound-fetch/index.ts';

const server = useServer();
const aReceiver = useReceivers();

beforeAll(() => {
  server.startJobs();
});

const cases: readonly (readonly [string, Behaviour, number | null, RegExp | null])[] = [
  ['answers 500', answer(500, 'broken'), 500, null],
  ['answers 404', answer(404), 404, null],
  ['answers 410', answer(410), 410, null],
  ['resets the connection', reset, null, /could not be reached, or closed/],
  [
    'sends headers without end',
    floodHeaders,
    null,
    /more data than is accepted|did not answer in HTTP|closed/,
  ],
  [
    'speaks no HTTP',
    (response) => void response.socket?.end('hello\r\n\r\n'),
    null,
    /did not answer in HTTP/,
  ],
  ['answers 301', answer(301, '', { location: 'http://127.0.0.1:1/' }), 301, /redirects are not followed/],
  ['answers 308', answer(308, '', { location: 'http://127.0.0.1:1/' }), 308, /redirects are not followed/],
];

test.each(cases)('a receiver that %s is tried again later', async (_, behaviour, status, error) => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  receiver.behave(behaviour);
  const { id } = await anEndpoint(api, receiver.url);
  await api.post('/organizations', { name: 'Tried' });
  const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  expect(delivery).toMatchObject({
    state: 'pending',
    last_status: status,
    attempts: [{ error: error === null ? null : expect.stringMatching(error) }],
  });
});

test('a 2xx whose body has no end is taken as it is: the beginning is kept, the rest is not read', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  receiver.behave(flood);
  const { id } = await anEndpoint(api, receiver.url);
  await api.post('/organizations', { name: 'Flooded' });
  const delivery = await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  expect(delivery).toMatchObject({ attempts: [{ status: 200, response_head: 'x'.repeat(1_024) }] });
});

test('one that hangs and one that drips cost ten seconds of their own; 99 others have 9,900 deliveries meanwhile', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const [hanging, dripping] = [await aReceiver(), await aReceiver()];
  hanging.behave(hang);
  dripping.behave(drip);
  const slow = [await anEndpoint(api, hanging.url), await anEndpoint(api, dripping.url)];
  const fast = await Promise.all(Array.from({ length: 99 }, () => aReceiver()));
  for (const receiver of fast) await anEndpoint(api, receiver.url);
  const count = 100;
  const startedAt = performance.now();
  for (let made = 0; made < count; made += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        api.post('/organizations', { name: `Served ${made + index}` }),
      ),
    );
  }
  await vi.waitFor(
    () => {
      for (const receiver of fast) expect(receiver.received).toHaveLength(count);
    },
    { timeout: 60_000, interval: 50 },
  );
  const servedMs = performance.now() - startedAt;
  const endings = await Promise.all(
    slow.map(({ id }) =>
      vi.waitFor(async () => {
        const { body } = await api.get(`/management/webhook_endpoints/${id}/deliveries?order=asc&limit=1`);
        expect(body.data[0].attempt_count).toBe(1);
        return (await api.get(`/management/webhook_deliveries/${body.data[0].id}`)).body.attempts[0];
      }, within),
    ),
  );
  for (const attempt of endings) {
    expect(attempt).toMatchObject({ status: null, error: expect.stringContaining('in time') });
    expect(attempt.duration_ms).toBeGreaterThan(9_000);
    expect(attempt.duration_ms).toBeLessThan(15_000);
  }
  expect(servedMs).toBeLessThan(60_000);
  // A hanging endpoint holds a few places once, then one.
  expect(hanging.received.length).toBeLessThan(10);
}, 120_000);

test.each([
  'http://127.0.0.1:4100/',
  'http://[::1]:4100/',
  'http://0.0.0.0:4100/',
  'http://localhost.:4100/',
  'http://169.254.169.254/',
  'http://10.1.2.3/',
  'http://[fc00::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
])('%s is refused when it is saved, and when something is sent', async (url) => {
  const outbound = createOutboundFetch({ allowLoopback: false, allowedNetworks: [] });
  const guarded = await startServer({ outbound });
  try {
    const refused = await guarded.api.post('/webhook_endpoints', { endpoint_url: url, events: [] });
    expect([refused.status, refused.body.code]).toEqual([422, 'invalid_url']);
    // As if the guard had been another when it was saved.
    const { id } = await anEndpoint(guarded.api, 'https://93.184.215.14/');
    await guarded.database.pool.query('update webhook_endpoint set endpoint_url = $2 where id = $1', [
      id,
      url,
    ]);
    guarded.startJobs();
    await guarded.api.post('/organizations', { name: 'Never inside' });
    await vi.waitFor(async () => {
      const { body } = await guarded.api.get(`/management/webhook_endpoints/${id}/deliveries`);
      const delivery = await guarded.api.get(`/management/webhook_deliveries/${body.data[0].id}`);
      expect(delivery.body.attempts[0].error).toContain('does not send requests to');
    }, within);
  } finally {
    await guarded.close();
  }
});

test('a name that leads inside at the second look is refused then, and nothing inside is contacted', async () => {
  const inside = await aReceiver();
  let looks = 0;
  const outbound = createOutboundFetch({
    allowLoopback: false,
    allowedNetworks: [],
    lookup: () => Promise.resolve([(looks += 1) === 1 ? '93.184.215.14' : '127.0.0.1']),
  });
  const guarded = await startServer({ outbound });
  try {
    const port = new URL(inside.url).port;
    const { id } = await anEndpoint(guarded.api, `http://rebinding.example:${port}/hooks`);
    guarded.startJobs();
    await guarded.api.post('/organizations', { name: 'Rebound' });
    const delivery = await vi.waitFor(async () => {
      const { body } = await guarded.api.get(`/management/webhook_endpoints/${id}/deliveries`);
      const { body: details } = await guarded.api.get(`/management/webhook_deliveries/${body.data[0].id}`);
      expect(details.attempts).toHaveLength(1);
      return details;
    }, within);
    expect(delivery.attempts[0].error).toContain('does not send requests to');
    expect(inside.received).toEqual([]);
  } finally {
    await guarded.close();
  }
});

test('in production an endpoint is https', async () => {
  const production = await startServer({ isDevelopment: false });
  try {
    const input = { endpoint_url: 'http://93.184.215.14/', events: [] };
    const refused = await production.api.post('/webhook_endpoints', input);
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([
      422,
      'invalid_url',
      expect.stringContaining('https://'),
    ]);
  } finally {
    await production.close();
  }
});
