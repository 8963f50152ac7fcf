import { expect, test } from 'vitest';
import { encodeUlidTime } from '../../src/lib/id.ts';
import { sql } from '../../src/platform/database/sql.ts';
import { eventHorizon } from '../../src/platform/events/partitions.ts';
import { readEvents } from '../../src/platform/events/store.ts';
import { system } from '../../src/platform/scope.ts';
import { createReader, createScope } from '../../src/platform/transaction.ts';
import { useServer } from '../harness.ts';

const server = useServer();
const count = 20_000;

test('a page of events that all share one xid, as after a restore, reads a page and not the rest of the table', async () => {
  const environment = await server.addEnvironment('sandbox');
  const now = server.clock.now();
  const prefix = `event_${encodeUlidTime(now.getTime())}`;
  const data = (await environment.api.post('/organizations', { name: 'Template' })).body;
  await server.database.run(sql`
    insert into event (environment_id, id, xid, type, data, context, created_at)
    select ${environment.id}, ${prefix}::text || lpad(n::text, 16, '0'), '0'::xid8, 'organization.created',
      ${JSON.stringify(data)}::json, '{}', ${now}
    from generate_series(1, ${count}::int) as n`);
  await server.database.run(sql`analyze event`);
  const frameEnvironment = {
    id: environment.id,
    name: 'Test',
    kind: 'sandbox',
    client_id: environment.clientId,
    cors_origins: [],
    is_default: true,
    hosts: {},
  } as const;
  const { seq } = await findMiddle(environment.id);
  const filter = {
    types: null,
    organizationId: null,
    since: eventHorizon(now),
    until: null,
    from: { xid: '0', seq },
    limit: 101,
  };
  for (const direction of ['asc', 'desc'] as const) {
    const rows = await server.database.transaction(async (db) => {
      const scope = createScope({ environment: frameEnvironment, principal: system, requestId: 'test', now });
      const page = await readEvents(createReader(db, scope), { ...filter, direction });
      expect(page).toHaveLength(101);
      return db.one<{ count: number }>(sql`
        select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::bigint as count
        from pg_stat_xact_user_tables where relname like 'event%'`);
    });
    expect(rows.count).toBeLessThan(1_000);
  }
});

const findMiddle = (environmentId: string) =>
  server.database.one<{ seq: number }>(sql`
    select seq from event where environment_id = ${environmentId} order by seq offset ${count / 2} limit 1`);
