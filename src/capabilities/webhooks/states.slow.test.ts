import { beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { answer } from '../../../test/receiver.ts';
import { anEndpoint, deliveryWhen, useReceivers, within } from '../../../test/webhooks.ts';

const server = useServer();
const aReceiver = useReceivers();

beforeAll(() => {
  server.startJobs();
});

const managed = '/management/webhook_endpoints';

async function anEndpointOfItsOwn() {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const endpoint = await anEndpoint(api, receiver.url);
  const create = (name: string) => api.post('/organizations', { name });
  const names = () => receiver.events().map(({ data }) => data['name']);
  const status = async () => (await api.get(`${managed}/${endpoint.id}`)).body;
  return { api, receiver, ...endpoint, create, names, status };
}

test('a paused endpoint is disabled to the wire, keeps its queue, and is sent it when it resumes', async () => {
  const { api, id, create, names, status } = await anEndpointOfItsOwn();
  const paused = await api.post(`${managed}/${id}/pause`);
  expect([paused.status, paused.body.state]).toEqual([200, 'paused']);
  expect((await api.post(`${managed}/${id}/pause`)).body.state).toBe('paused');
  expect((await api.get('/webhook_endpoints')).body.data[0].status).toBe('disabled');
  await create('Kept 1');
  await create('Kept 2');
  await vi.waitFor(async () => expect((await status()).pending_deliveries).toBe(2), within);
  expect(names()).toEqual([]);
  const resumed = await api.post(`${managed}/${id}/resume`);
  expect([resumed.status, resumed.body.state]).toEqual([200, 'enabled']);
  await vi.waitFor(() => expect(names().sort()).toEqual(['Kept 1', 'Kept 2']), within);
});

test('a disabled endpoint receives nothing: not what waited, not what happens, not later', async () => {
  const { api, id, create, names, status, receiver } = await anEndpointOfItsOwn();
  receiver.behave(answer(500));
  await create('Waits');
  await deliveryWhen(api, id, ({ attempt_count: count }) => count === 1);
  await api.patch(`/webhook_endpoints/${id}`, { status: 'disabled' });
  expect(await status()).toMatchObject({
    state: 'disabled',
    disabled_reason: 'operator',
    disabled_at: expect.any(String),
  });
  await deliveryWhen(api, id, ({ state }) => state === 'discarded');
  await create('While disabled');
  const refusals = [
    await api.post(`${managed}/${id}/pause`),
    await api.post(`${managed}/${id}/test`, { event: 'user.created' }),
    await api.post(`${managed}/${id}/redeliver`, { since: '2026-01-01T00:00:00Z' }),
  ];
  expect(refusals.map(({ status: code, body }) => [code, body.code])).toEqual(
    refusals.map(() => [409, 'webhook_endpoint_disabled']),
  );
  receiver.behave(answer(200));
  await server.settle();
  const enabled = await api.patch(`/webhook_endpoints/${id}`, { status: 'enabled' });
  expect(enabled.body.status).toBe('enabled');
  expect(await status()).toMatchObject({ state: 'enabled', disabled_reason: null, disabled_at: null });
  await create('After');
  await vi.waitFor(() => expect(names()).toContain('After'), within);
  expect(names()).toEqual(['Waits', 'After']);
});

test('during a rotation holders of either secret verify; afterwards only the new one', async () => {
  const { api, id, secret, create, receiver } = await anEndpointOfItsOwn();
  const verify = (at: number, holder: string) =>
    server.sdk.webhooks
      .constructEvent({
        payload: JSON.parse(receiver.received[at]?.body ?? '{}'),
        sigHeader: String(receiver.received[at]?.headers['workos-signature']),
        secret: holder,
      })
      .then(() => true)
      .catch(() => false);
  // A receiver that does what the SDK's documentation shows: 400 for what it cannot verify.
  let holder = secret;
  receiver.behave((response) => {
    void verify(receiver.received.length - 1, holder).then((isGood) =>
      response.writeHead(isGood ? 200 : 400).end(),
    );
  });
  const { status, body } = await api.post(`${managed}/${id}/rotate_secret`, { overlap_hours: 2 });
  expect(status).toBe(200);
  expect(body.secret).not.toBe(secret);
  expect((await api.get('/webhook_endpoints')).body.data[0].secret).toBe(body.secret);

  await create('To the old secret');
  await deliveryWhen(api, id, ({ state }) => state === 'delivered');
  expect(receiver.received).toHaveLength(1);
  const both = String(receiver.received[0]?.headers['doorwright-signature']);
  expect(both.match(/v1=/g)).toHaveLength(2);

  holder = body.secret;
  await create('To the new secret');
  const delivery = await vi.waitFor(async () => {
    const list = await api.get(`${managed}/${id}/deliveries?state=delivered`);
    expect(list.body.data).toHaveLength(2);
    return (await api.get(`/management/webhook_deliveries/${list.body.data[0].id}`)).body;
  }, within);
  expect(delivery.attempts.map((attempt: { status: number }) => attempt.status)).toEqual([400, 200]);

  server.clock.setOffset(3 * 3_600_000);
  await create('After the overlap');
  await vi.waitFor(() => expect(receiver.received).toHaveLength(4), within);
  expect(await verify(3, body.secret)).toBe(true);
  expect(String(receiver.received[3]?.headers['doorwright-signature']).match(/v1=/g)).toHaveLength(1);
  server.clock.setOffset(0);
});

test('a rotation without overlap ends the old secret at once; its overlap is a week at most', async () => {
  const { api, id, secret, create, receiver } = await anEndpointOfItsOwn();
  const { body } = await api.post(`${managed}/${id}/rotate_secret`, { overlap_hours: 0 });
  await create('Signed anew');
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), within);
  const given = {
    payload: JSON.parse(receiver.received[0]?.body ?? ''),
    sigHeader: String(receiver.received[0]?.headers['workos-signature']),
  };
  await expect(server.sdk.webhooks.constructEvent({ ...given, secret: body.secret })).resolves.toBeTruthy();
  await expect(server.sdk.webhooks.constructEvent({ ...given, secret })).rejects.toThrow('does not match');
  const wrong = await api.post(`${managed}/${id}/rotate_secret`, { overlap_hours: 169 });
  expect(wrong.status).toBe(422);
});
