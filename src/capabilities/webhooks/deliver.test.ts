import { beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { anEndpoint, deliveryWhen, useReceivers, within } from '../../../test/webhooks.ts';
import { verifyWebhook } from '../../protocols/webhook-signature/index.ts';

const server = useServer();
const aReceiver = useReceivers();

beforeAll(() => {
  server.startJobs();
});

test('what happens after an endpoint was made is sent to it, as GET /events tells it', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  await api.post('/organizations', { name: 'Before' });
  await anEndpoint(api, receiver.url, ['organization.created', 'organization.deleted']);
  const { body: made } = await api.post('/organizations', {
    name: 'Äfter',
    external_id: '7',
    metadata: { 7: '"' },
  });
  await api.put(`/organizations/${made.id}`, { name: 'Not chosen' });
  await api.delete(`/organizations/${made.id}`);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), within);
  const { body: list } = await api.get('/events?events=organization.created,organization.deleted');
  const expected = list.data.filter(({ data }: { data: { id: string } }) => data.id === made.id);
  expect(receiver.received.map(({ body }) => body).sort()).toEqual(
    expected.map((event: object) => JSON.stringify(event)).sort(),
  );
});

test('headers carry ids, number and attempt, and a signature in each of two spellings', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const { id, secret } = await anEndpoint(api, receiver.url);
  await api.post('/organizations', { name: 'One' });
  await api.post('/organizations', { name: 'Two' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), within);
  const sequences = receiver.received.map(({ headers }) => headers['doorwright-endpoint-sequence']);
  expect(sequences.toSorted()).toEqual(['1', '2']);
  const first = receiver.received[sequences.indexOf('1')];
  expect(JSON.parse(first?.body ?? '')).toMatchObject({ data: { name: 'One' } });
  const delivery = await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  const last = receiver.received[sequences.indexOf('2')];
  expect(last?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'doorwright-delivery-id': delivery.id,
    'doorwright-event-id': JSON.parse(last?.body ?? '').id,
    'doorwright-delivery-attempt': '1',
  });
  const { body: document } = await api.get('/openapi.json');
  const declared = document.webhooks['organization.created'].parameters.map(
    ({ $ref }: { $ref: string }) => document.components.parameters[$ref.split('/').at(-1) ?? ''].name,
  );
  expect(Object.keys(last?.headers ?? {})).toEqual(
    expect.arrayContaining(declared.map((name: string) => name.toLowerCase())),
  );
  expect(declared).toHaveLength(6);
  for (const name of ['workos-signature', 'doorwright-signature']) {
    const header = String(last?.headers[name]);
    expect(header).toMatch(/^t=\d{13}, v1=[0-9a-f]{64}$/);
    const check = { secrets: [secret], nowMs: server.clock.now().getTime(), toleranceMs: 180_000 };
    expect(verifyWebhook(header, last?.body ?? '', check).ok).toBe(true);
  }
});

test('no choice of events is all that can be sent; what cannot be chosen is never sent', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  await anEndpoint(api, receiver.url, []);
  const { body: made } = await api.post('/organizations', { name: 'All' });
  await api.put(`/organizations/${made.id}`, { name: 'Of them' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), within);
  expect(
    receiver
      .events()
      .map(({ event }) => event)
      .sort(),
  ).toEqual(['organization.created', 'organization.updated']);
});

test('an environment hears of its own events only, each endpoint of what it chose', async () => {
  const [one, two] = [await server.addEnvironment('sandbox'), await server.addEnvironment('sandbox')];
  const [created, deleted, foreign] = [await aReceiver(), await aReceiver(), await aReceiver()];
  await anEndpoint(one.api, created.url, ['organization.created']);
  await anEndpoint(one.api, deleted.url, ['organization.deleted']);
  await anEndpoint(two.api, foreign.url, []);
  const { body: made } = await one.api.post('/organizations', { name: 'Own' });
  await one.api.delete(`/organizations/${made.id}`);
  await two.api.post('/organizations', { name: 'Foreign' });
  await vi.waitFor(() => {
    expect(created.events().map(({ event }) => event)).toEqual(['organization.created']);
    expect(deleted.events().map(({ event }) => event)).toEqual(['organization.deleted']);
    expect(foreign.events().map(({ data }) => data['name'])).toEqual(['Foreign']);
  }, within);
});

test('a change that is undone is sent to nobody, one that is kept at once', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  await anEndpoint(api, receiver.url, []);
  const refused = await api.post('/organizations', {
    name: 'Undone',
    domain_data: [
      { domain: 'undone.com', state: 'pending' },
      { domain: 'undone.com', state: 'pending' },
    ],
  });
  expect(refused.status).toBe(409);
  await api.post('/organizations', { name: 'Kept' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), within);
  expect(receiver.events()[0]?.data['name']).toBe('Kept');
});

test('a redirect is not followed and counts as a failure', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const [receiver, inside] = [await aReceiver(), await aReceiver()];
  receiver.behave((response) => response.writeHead(307, { location: inside.url }).end());
  const { id } = await anEndpoint(api, receiver.url);
  await api.post('/organizations', { name: 'Led astray' });
  const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  expect(delivery).toMatchObject({
    state: 'pending',
    last_status: 307,
    attempts: [{ status: 307, error: expect.stringContaining('redirects are not followed') }],
  });
  expect(inside.received).toEqual([]);
});

test('a deleted environment is sent nothing, and its endpoints go with it', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const endpoint = await anEndpoint(api, receiver.url, []);
  await api.post('/organizations', { name: 'Heard' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), within);
  expect((await server.install.delete(`/management/environments/${id}`)).status).toBeLessThan(300);
  await vi.waitFor(async () => {
    const { rows } = await server.database.pool.query(
      `select 1 from webhook_endpoint where id = $1 union all select 1 from webhook_delivery where endpoint_id = $1
       union all select 1 from event_cursor where environment_id = $2`,
      [endpoint.id, id],
    );
    expect(rows).toEqual([]);
  }, within);
});

test('neither secrets nor what stands in a URL get into the log, an event or an error', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  await receiver.die();
  const { id, secret } = await anEndpoint(api, `${receiver.url}/hidden-path?token=hidden-in-url`);
  await api.post('/organizations', { name: 'Discreet' });
  const { attempts } = await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  const told = [
    JSON.stringify(attempts),
    ...server.logLines,
    JSON.stringify((await api.get('/events')).body),
  ];
  for (const hidden of [secret, 'hidden-in-url', 'hidden-path']) {
    expect(told.filter((text) => text.includes(hidden))).toEqual([]);
  }
});
