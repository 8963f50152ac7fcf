import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { anEndpoint } from '../../../../test/webhooks.ts';
import { fanOut } from './fan-out.ts';

const server = useServer();
const query = (text: string, values: unknown[] = []) => server.database.pool.query(text, values);

const countQueued = async (environmentId: string): Promise<number> => {
  const { rows } = await query('select count(*)::int from webhook_delivery where environment_id = $1', [
    environmentId,
  ]);
  return rows[0].count;
};

test('an environment that cannot be served costs the others nothing, and is served once it can', async () => {
  const [broken, well] = [await server.addEnvironment('sandbox'), await server.addEnvironment('sandbox')];
  for (const { api } of [broken, well]) {
    await anEndpoint(api, 'http://127.0.0.1:9/each');
    await api.post('/organizations', { name: 'Told' });
  }
  await server.settle();
  await query(`alter table webhook_delivery add constraint broken check (environment_id <> '${broken.id}')`);
  const { failures, read } = await fanOut(server, [broken.id, well.id]);
  expect([[...failures.keys()], [...read]]).toEqual([[broken.id], [well.id]]);
  expect([await countQueued(broken.id), await countQueued(well.id)]).toEqual([0, 1]);
  await query('alter table webhook_delivery drop constraint broken');
  await server.settle();
  await fanOut(server, [broken.id, well.id]);
  expect([await countQueued(broken.id), await countQueued(well.id)]).toEqual([1, 1]);
});

test('an environment has a thousand endpoints at most, and a turn queues a bounded number of deliveries', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  const endpoint = await anEndpoint(api, 'http://127.0.0.1:9/first');
  await query(
    `insert into webhook_endpoint (environment_id, id, endpoint_url, events, state, secret_sealed, created_at, updated_at)
     select environment_id, id || n, endpoint_url || n, events, state, secret_sealed, created_at, updated_at
     from webhook_endpoint, generate_series(1, 999) as n where id = $1`,
    [endpoint.id],
  );
  const input = { endpoint_url: 'http://127.0.0.1:9/more', events: [] };
  const refused = await api.post('/webhook_endpoints', input);
  expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'webhook_endpoint_limit_reached']);
  for (let count = 0; count < 6; count += 1) await api.post('/organizations', { name: `Told ${count}` });
  await server.settle();
  expect([...(await fanOut(server, [id])).unfinished]).toEqual([id]);
  expect(await countQueued(id)).toBe(5_000);
  await server.settle();
  expect([...(await fanOut(server, [id])).unfinished]).toEqual([]);
  expect(await countQueued(id)).toBe(6_000);
  await api.delete(`/webhook_endpoints/${endpoint.id}`);
  expect((await api.post('/webhook_endpoints', input)).status).toBe(201);
});
