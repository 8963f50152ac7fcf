import { beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { answer } from '../../../test/receiver.ts';
import { anEndpoint, deliveryWhen, useReceivers, within } from '../../../test/webhooks.ts';

const server = useServer();
const aReceiver = useReceivers();
const managed = '/management/webhook_endpoints';
const unknownDelivery = 'webhook_delivery_01HZZZZZZZZZZZZZZZZZZZZZZZ';

beforeAll(() => {
  server.startJobs();
});

async function anEndpointOfItsOwn(events: string[] = []) {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const { id } = await anEndpoint(api, receiver.url, events);
  const deliveries = async (query = '') =>
    (await api.get(`${managed}/${id}/deliveries?limit=100&${query}`)).body.data;
  const received = (count: number) => vi.waitFor(() => expect(receiver.received).toHaveLength(count), within);
  return { api, receiver, id, deliveries, received };
}

test('deliveries are listed by state, type and time, newest first', async () => {
  const { api, id, deliveries, received, receiver } = await anEndpointOfItsOwn();
  const { body: made } = await api.post('/organizations', { name: 'Listed' });
  await received(1);
  receiver.behave(answer(500));
  await api.delete(`/organizations/${made.id}`);
  await received(2);
  await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  const names = async (query: string) =>
    (await deliveries(query)).map(({ event }: { event: string }) => event);
  expect(await names('')).toEqual(['organization.deleted', 'organization.created']);
  await vi.waitFor(
    async () => expect(await names('state=delivered')).toEqual(['organization.created']),
    within,
  );
  expect(await names('state=pending')).toEqual(['organization.deleted']);
  expect(await names('state=failed')).toEqual([]);
  expect(await names('events=organization.created')).toEqual(['organization.created']);
  const now = server.clock.now().getTime();
  const at = (ms: number) => encodeURIComponent(new Date(now + ms).toISOString());
  expect(await names(`range_start=${at(-60_000)}&range_end=${at(60_000)}`)).toHaveLength(2);
  expect(await names(`range_start=${at(60_000)}`)).toEqual([]);
  expect(await names(`range_end=${at(-60_000)}`)).toEqual([]);
  const first = (await api.get(`${managed}/${id}/deliveries?limit=1`)).body;
  expect(first.list_metadata.after).toBe(first.data[0].id);
  for (const query of ['state=lost', 'range_start=today', `after=${id}`, 'limit=0']) {
    expect((await api.get(`${managed}/${id}/deliveries?${query}`)).status, query).toBe(422);
  }
});

test('a delivery tells what was sent and answered; an unknown one and a foreign one answer 404', async () => {
  const { api, id, received } = await anEndpointOfItsOwn();
  await api.post('/organizations', { name: 'Told' });
  await received(1);
  const delivery = await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  expect(delivery).toMatchObject({
    object: 'webhook_delivery',
    endpoint_id: id,
    sequence: 1,
    event: 'organization.created',
    is_test: false,
    attempt_count: 1,
    last_status: 200,
    next_attempt_at: null,
    attempts: [{ status: 200, response_head: 'ok', error: null }],
  });
  const path = `/management/webhook_deliveries/${delivery.id}`;
  expect((await server.other.api.get(path)).status).toBe(404);
  expect((await server.other.api.post(`${path}/redeliver`)).status).toBe(404);
  expect((await api.get(`/management/webhook_deliveries/${unknownDelivery}`)).status).toBe(404);
  expect((await server.anonymous.get(path)).status).toBe(401);
});

test('a delivery that ended is sent again under its ids; the receiver can tell it is the same', async () => {
  const { api, id, receiver, received } = await anEndpointOfItsOwn();
  await api.post('/organizations', { name: 'Again' });
  await received(1);
  const delivery = await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  const { status, body } = await api.post(`/management/webhook_deliveries/${delivery.id}/redeliver`);
  expect([status, body.id]).toEqual([202, delivery.id]);
  await received(2);
  expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
  expect(receiver.received[1]?.headers['doorwright-delivery-id']).toBe(delivery.id);
  await deliveryWhen(api, id, ({ state, attempt_count: count }) => state === 'delivered' && count === 2);
});

test('a test event is sent whatever was chosen, looks like a real one, and is in no list of events', async () => {
  const { api, id, receiver, received } = await anEndpointOfItsOwn(['user.created']);
  const { status, body } = await api.post(`${managed}/${id}/test`, { event: 'organization.created' });
  expect([status, body.is_test]).toEqual([202, true]);
  await received(1);
  const sent = JSON.parse(receiver.received[0]?.body ?? '');
  expect(sent).toMatchObject({
    object: 'event',
    event: 'organization.created',
    data: { object: 'organization' },
  });
  expect(Object.keys(sent)).toEqual(['object', 'id', 'event', 'data', 'created_at', 'context']);
  const events = (await api.get('/events')).body.data.map((event: { id: string }) => event.id);
  expect(events).not.toContain(sent.id);
  await api.post(`${managed}/${id}/test`, { event: 'dsync.user.created' });
  await received(2);
  const unknown = await api.post(`${managed}/${id}/test`, { event: 'vault.data.read' });
  expect([unknown.status, unknown.body.errors[0].code]).toEqual([422, 'unknown_event_type']);
});

const replayDone = (api: typeof server.api, id: string) =>
  vi.waitFor(async () => {
    const { body } = await api.get(`/management/webhook_replays/${id}`);
    expect(body.state).toBe('done');
    return body;
  }, within);

test('a new endpoint can ask for everything since an event, across pieces, each event once', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const { body: first } = await api.post('/organizations', { name: 'Known' });
  const { body: events } = await api.get('/events');
  const names = Array.from({ length: 620 }, (_, index) => `Missed ${index}`);
  for (let at = 0; at < names.length; at += 20) {
    await Promise.all(names.slice(at, at + 20).map((name) => api.post('/organizations', { name })));
  }
  await server.settle();
  const receiver = await aReceiver();
  const { id } = await anEndpoint(api, receiver.url, ['organization.created']);
  await api.post('/organizations', { name: 'New' });
  const started = await api.post(`${managed}/${id}/redeliver`, { since: events.data[0].id });
  expect([started.status, started.body.state]).toEqual([202, 'running']);
  const done = await replayDone(api, started.body.id);
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(621), within);
  const got = receiver.events().map(({ data }) => String(data['name']));
  expect(got.toSorted()).toEqual([...names, 'New'].toSorted());
  expect(got).not.toContain(first.name);
  expect(done.queued_count).toBeGreaterThanOrEqual(620);
  const repeated = await api.post(`${managed}/${id}/redeliver`, { since: events.data[0].id });
  expect((await replayDone(api, repeated.body.id)).queued_count).toBe(0);
});

test('a replay sends what failed in a range; everything only when asked', async () => {
  const { api, id, receiver, received, deliveries } = await anEndpointOfItsOwn();
  await api.post('/organizations', { name: 'Delivered' });
  await received(1);
  receiver.behave(answer(500));
  await api.post('/organizations', { name: 'Failed' });
  await received(2);
  await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  await server.database.pool.query(
    `update webhook_delivery set state = 'failed', ended_at = now() where endpoint_id = $1 and state = 'pending'`,
    [id],
  );
  receiver.behave(answer(200));
  const range = { since: new Date(server.clock.now().getTime() - 60_000).toISOString() };
  const failed = await api.post(`${managed}/${id}/redeliver`, range);
  expect((await replayDone(api, failed.body.id)).queued_count).toBe(1);
  await received(3);
  expect(receiver.events()[2]?.data['name']).toBe('Failed');
  await vi.waitFor(async () => expect(await deliveries('state=delivered')).toHaveLength(2), within);
  const all = await api.post(`${managed}/${id}/redeliver`, { ...range, include: 'all' });
  expect((await replayDone(api, all.body.id)).queued_count).toBe(2);
  await received(5);
  const others = await api.post(`${managed}/${id}/redeliver`, {
    ...range,
    include: 'all',
    events: ['organization.deleted'],
  });
  expect((await replayDone(api, others.body.id)).queued_count).toBe(0);
  expect((await server.other.api.get(`/management/webhook_replays/${all.body.id}`)).status).toBe(404);
});

test.each([
  ['no beginning', {}, 'since', 'invalid_union'],
  ['a beginning that is no moment and no event', { since: 'yesterday' }, 'since', 'invalid_union'],
  ['an unknown event', { since: 'event_01HZZZZZZZZZZZZZZZZZZZZZZZ' }, 'since', 'unknown_cursor'],
  [
    'an end before the beginning',
    { since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' },
    'until',
    'invalid_range',
  ],
  [
    'a beginning before the ledger, of what was never delivered',
    { since: '2026-01-01T00:00:00Z' },
    'since',
    'before_ledger',
  ],
])('a replay with %s is refused', async (_, input, field, code) => {
  const { api, id } = await anEndpointOfItsOwn();
  const { status, body } = await api.post(`${managed}/${id}/redeliver`, input);
  expect([status, body.errors[0].field, body.errors[0].code]).toEqual([422, field, code]);
});

test('deliveries are kept for thirty days after they ended', async () => {
  const { api, id, received, deliveries } = await anEndpointOfItsOwn();
  await api.post('/organizations', { name: 'Old' });
  await received(1);
  await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  const count = async () => (await deliveries()).length;
  const worker = server.startJobs();
  server.clock.setOffset(29 * 86_400_000);
  worker.wake();
  await vi.waitFor(async () => {
    const { rows } = await server.database.pool.query(
      `select 1 from job where kind = 'webhooks.purge' and run_at > $1`,
      [server.clock.now()],
    );
    expect(rows).toHaveLength(1);
  }, within);
  expect(await count()).toBe(1);
  server.clock.setOffset(31 * 86_400_000);
  worker.wake();
  await vi.waitFor(async () => expect(await count()).toBe(0), within);
  server.clock.setOffset(0);
});

test('what was delivered is not sent again as undelivered once the ledger has forgotten it', async () => {
  const { api, id, received } = await anEndpointOfItsOwn();
  const { body: events } = await api.get('/events');
  await api.post('/organizations', { name: 'Long ago' });
  await received(1);
  await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  const { body: list } = await api.get('/events');
  const known = list.data.at(-1).id;
  await server.database.pool.query('delete from webhook_delivery where endpoint_id = $1', [id]);
  server.clock.setOffset(31 * 86_400_000);
  const refused = await api.post(`${managed}/${id}/redeliver`, { since: known });
  expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'before_ledger']);
  const since = new Date(server.clock.now().getTime() - 30 * 86_400_000 + 60_000).toISOString();
  const { body: bounded } = await api.post(`${managed}/${id}/redeliver`, { since });
  expect((await replayDone(api, bounded.id)).queued_count).toBe(0);
  const early = new Date(server.clock.now().getTime() - 60 * 86_400_000).toISOString();
  const { body: all } = await api.post(`${managed}/${id}/redeliver`, { since: early, include: 'all' });
  expect((await replayDone(api, all.id)).queued_count).toBe(1);
  expect(events.data).toEqual([]);
  server.clock.setOffset(0);
});
