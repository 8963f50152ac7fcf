import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { anEndpoint, deliveryWhen, useReceivers, within } from '../../../test/webhooks.ts';
import { fanOut } from './fan-out/fan-out.ts';

const server = useServer();
const aReceiver = useReceivers();
const managed = '/management/webhook_endpoints';

/** Of an environment of its own, for which nothing is done in the background until the jobs start. */
async function anEndpointOfItsOwn() {
  const { api, id: environmentId } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const { id } = await anEndpoint(api, receiver.url);
  const create = async (name: string) => {
    await api.post('/organizations', { name });
    await server.settle();
    await fanOut(server, [environmentId]);
  };
  const set = (status: string) => api.patch(`/webhook_endpoints/${id}`, { status });
  const deliveries = async (query = ''): Promise<{ id: string; state: string }[]> =>
    (await api.get(`${managed}/${id}/deliveries?${query}`)).body.data;
  const names = () => receiver.events().map(({ data }) => data['name']);
  return { api, receiver, id, create, set, deliveries, names };
}

test('what is asked for again after an endpoint was disabled is sent, though its old queue was not cleared yet', async () => {
  const one = await anEndpointOfItsOwn();
  await one.create('Asked for');
  await one.create('Given up');
  const [givenUp, asked] = await one.deliveries();
  await one.set('disabled');
  await one.set('enabled');
  await one.api.post(`/management/webhook_deliveries/${asked?.id}/redeliver`);
  const all = await anEndpointOfItsOwn();
  await all.create('Replayed');
  await all.set('disabled');
  await all.set('enabled');
  const since = new Date(server.clock.now().getTime() - 3_600_000).toISOString();
  await all.api.post(`${managed}/${all.id}/redeliver`, { since });
  const worker = server.startJobs();
  await vi.waitFor(() => expect(all.names()).toEqual(['Replayed']), within);
  await vi.waitFor(() => expect(one.names()).toEqual(['Asked for']), within);
  await vi.waitFor(async () => {
    expect((await one.deliveries('state=discarded')).map(({ id }) => id)).toEqual([givenUp?.id]);
    expect((await one.deliveries('state=delivered')).map(({ id }) => id)).toEqual([asked?.id]);
    expect((await all.deliveries()).map(({ state }) => state)).toEqual(['delivered']);
    const { rows } = await server.database.pool.query(`select 1 from job where kind like 'webhooks.clear%'`);
    expect(rows).toEqual([]);
  }, within);
  expect([one.names(), all.names()]).toEqual([['Asked for'], ['Replayed']]);
  await worker.stop(10_000);
});

test('a paused endpoint that is disabled drops its queue', async () => {
  const { api, id, create, set, deliveries, names } = await anEndpointOfItsOwn();
  await api.post(`${managed}/${id}/pause`);
  await create('Kept for a while');
  expect((await set('disabled')).body.status).toBe('disabled');
  expect((await api.get(`${managed}/${id}`)).body).toMatchObject({
    state: 'disabled',
    disabled_reason: 'operator',
  });
  const worker = server.startJobs();
  await vi.waitFor(async () => expect(await deliveries('state=discarded')).toHaveLength(1), within);
  expect((await api.post(`${managed}/${id}/resume`)).body.state).toBe('enabled');
  expect(names()).toEqual([]);
  await worker.stop(10_000);
});

test('a delivery that is sent again during a try begins anew: the end of the old try is not its own', async () => {
  const { api, id, receiver, create } = await anEndpointOfItsOwn();
  const held: ServerResponse[] = [];
  receiver.behave((response) => void held.push(response));
  const worker = server.startJobs();
  await create('Twice');
  await vi.waitFor(() => expect(held).toHaveLength(1), within);
  const { id: deliveryId } = await deliveryWhen(api, id, () => true);
  expect((await api.post(`/management/webhook_deliveries/${deliveryId}/redeliver`)).status).toBe(202);
  await vi.waitFor(() => expect(held).toHaveLength(2), within);
  held[0]?.writeHead(200).end();
  held[1]?.writeHead(500).end();
  const delivery = await deliveryWhen(api, id, ({ attempt_count: count }) => count > 0);
  expect(delivery).toMatchObject({ state: 'pending', last_status: 500, attempt_count: 1 });
  await worker.stop(10_000);
});

test('a delivery whose event is gone has failed at once, and the endpoint has not', async () => {
  const { api, id, receiver, create } = await anEndpointOfItsOwn();
  await create('Gone');
  await server.database.pool.query(`delete from event where data ->> 'name' = 'Gone'`);
  const worker = server.startJobs();
  const delivery = await deliveryWhen(api, id, ({ state }) => state === 'failed');
  expect(delivery['attempts']).toMatchObject([{ status: null, error: expect.stringContaining('is gone') }]);
  expect((await api.get(`${managed}/${id}`)).body).toMatchObject({
    failing_since: null,
    last_failure_at: null,
  });
  expect(receiver.received).toEqual([]);
  await worker.stop(10_000);
});
