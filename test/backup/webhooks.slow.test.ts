// R-11 for webhooks: after a restore nothing is sent again that was delivered, and nothing that was not is lost.
import { expect, test, vi } from 'vitest';
import { sql } from '../../src/platform/database/sql.ts';
import { useServer } from '../harness.ts';
import { anEndpoint, useReceivers, within } from '../webhooks.ts';
import { backUp, makeEmptyDatabase, openForCommand, restore } from './databases.ts';

const server = useServer();
const aReceiver = useReceivers();

test('what was delivered stays delivered; what waited, and what was not queued yet, is sent once', async () => {
  const receiver = await aReceiver();
  await anEndpoint(server.api, receiver.url, []);
  for (const name of ['One', 'Two']) await server.other.api.post('/organizations', { name });
  const worker = server.startJobs();
  const { body: first } = await server.api.post('/organizations', { name: 'Delivered' });
  await vi.waitFor(async () => {
    const { rows } = await server.database.pool.query(
      `select 1 from webhook_delivery where state = 'delivered'`,
    );
    expect(rows).toHaveLength(1);
  }, within);
  await worker.stop(5_000);
  await server.api.put(`/organizations/${first.id}`, { name: 'Not queued yet' });
  // An endpoint of this very moment: what it waits for is told by transactions of this cluster.
  const young = await aReceiver();
  await anEndpoint(server.api, young.url, []);
  const path = await backUp(openForCommand(server.connection));

  // Transactions have higher numbers here than those that the cluster of the restore will give.
  const target = await makeEmptyDatabase();
  await restore(target, path);
  const rows = await target.many<{ xid: string; since: string | null }>(sql`
    select xid::text as xid, since::text as since from event_cursor join webhook_endpoint using (environment_id)`);
  expect(rows.map((row) => [row.xid, row.since])).toEqual(rows.map(() => ['0', null]));

  await restore(openForCommand(server.connection), path, { isReplacing: true, isForced: true });
  const node = await server.startNode();
  await node.api.post('/organizations', { name: 'After the restore' });
  server.startJobs();
  const names = () => receiver.events().map(({ data }) => data['name']);
  await vi.waitFor(
    () => expect(names()).toEqual(['Delivered', 'Not queued yet', 'After the restore']),
    within,
  );
  await vi.waitFor(
    () => expect(young.events().map(({ data }) => data['name'])).toContain('After the restore'),
    within,
  );
  expect(names()).toHaveLength(3);
});
