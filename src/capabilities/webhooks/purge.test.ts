import { expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { anEndpoint, within } from '../../../test/webhooks.ts';

const server = useServer();

/** Writes deliveries of an endpoint that ended so many days ago. */
const writeEnded = (environmentId: string, endpointId: string, days: number, count: number) =>
  server.database.pool.query(
    `insert into webhook_delivery (environment_id, id, endpoint_id, sequence, event_id, event_type, event_created_at,
       state, due_at, created_at, ended_at)
     select $1, 'webhook_delivery_7' || $3::text || '_' || n, $2, n, 'event_' || $3::text || '_' || n, 'user.created', now(),
       'delivered', now(), now(), now() - $3::int * interval '1 day' from generate_series(1, $4::int) as n`,
    [environmentId, endpointId, String(days), count],
  );

test('however much has passed its retention is removed at once, and nothing else', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  const endpoint = await anEndpoint(api, 'http://127.0.0.1:9/purged');
  await writeEnded(id, endpoint.id, 31, 12_000);
  await writeEnded(id, endpoint.id, 29, 10);
  server.startJobs();
  await vi.waitFor(async () => {
    const { rows } = await server.database.pool.query(
      'select count(*)::int from webhook_delivery where endpoint_id = $1',
      [endpoint.id],
    );
    expect(rows).toEqual([{ count: 10 }]);
  }, within);
});
