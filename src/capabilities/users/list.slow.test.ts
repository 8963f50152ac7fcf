// The list of users where there are very many: a page costs a page.
import { beforeAll, expect, test } from 'vitest';
import { inEnvironment } from '../../../test/people.ts';
import { useServer } from '../../../test/harness.ts';
import { sql } from '../../platform/database/sql.ts';
import type { Tx } from '../../platform/transaction.ts';
import { ListUsers } from './contract.ts';
import { listUsers } from './store.ts';

const server = useServer();
const users = 1_000_000;
/** Every tenth user is a member of the large organization; a dozen are of the small one. */
const members = users / 10;
let large: string;
let small: string;

const idOf = (n: number) => `user_01HZZZZZZZ${String(n).padStart(16, '0')}`;

beforeAll(async () => {
  large = (await server.api.post('/organizations', { name: 'Large' })).body.id;
  small = (await server.api.post('/organizations', { name: 'Small' })).body.id;
  const now = server.clock.now();
  // In parts, each well within the time that a statement has.
  for (let from = 1; from <= users; from += users / 20) {
    await server.database.run(sql`
      insert into user_account (environment_id, id, email, email_key, email_verified, metadata, created_at, updated_at)
      select ${server.id}, 'user_01HZZZZZZZ' || lpad(n::text, 16, '0'), 'person' || n || '@example.com',
        'person' || n || '@example.com', true, '{}', ${now}, ${now}
      from generate_series(${from}::int, ${from + users / 20 - 1}::int) as n`);
  }
  for (const [organizationId, every] of [
    [large, users / members],
    [small, users / 12],
  ] as const) {
    await server.database.run(sql`
      insert into membership (environment_id, id, user_id, organization_id, status, directory_managed,
        custom_attributes, created_at, updated_at)
      select environment_id, 'om_' || right(${organizationId}, 4) || right(id, 22), id, ${organizationId}, 'active', false,
        '{}', ${now}, ${now}
      from user_account where environment_id = ${server.id} and right(id, 16)::bigint % ${Math.floor(every)}::int = 0`);
  }
  await server.database.run(sql`analyze user_account`);
  await server.database.run(sql`analyze membership`);
}, 300_000);

/** Rows of the three tables that the connection has touched so far. */
const countTouched = async (tx: Tx): Promise<number> => {
  const { count } = await tx.one<{ count: string }>(sql`
    select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::text as count
    from pg_stat_xact_user_tables where relname in ('user_account', 'membership', 'organization')`);
  return Number(count);
};

/** Reads a page as the API does; answers how many rows were touched for it. */
const costOf = (query: object) =>
  inEnvironment(server, async (tx) => {
    const before = await countTouched(tx);
    const page = await listUsers(tx, ListUsers.parse(query));
    const touched = (await countTouched(tx)) - before;
    return { length: page.data.length, touched };
  });

test.each([
  ['the newest page', 100, () => ({ limit: '100' })],
  ['a page in the middle', 100, () => ({ limit: '100', after: idOf(users / 2) })],
  ['the oldest first', 100, () => ({ limit: '100', order: 'asc' })],
  ['one address', 1, () => ({ limit: '100', email: 'PERSON77777@example.com' })],
  ['an address that nobody has', 0, () => ({ limit: '100', email: 'nobody@example.com' })],
  ['the newest members of a large organization', 100, () => ({ limit: '100', organization_id: large })],
  ['members in the middle', 100, () => ({ limit: '100', organization_id: large, after: idOf(users / 2) })],
  ['the oldest members', 100, () => ({ limit: '100', organization_id: large, order: 'asc' })],
  ['the members before one', 100, () => ({ limit: '100', organization_id: large, before: idOf(users / 2) })],
  ['a small organization', 12, () => ({ limit: '100', organization_id: small })],
  [
    'a small organization, from the middle',
    6,
    () => ({ limit: '10', organization_id: small, after: idOf(users / 2) }),
  ],
  ['one member by address', 1, () => ({ organization_id: large, email: 'person77770@example.com' })],
])('%s reads a page and not the table', async (_, length, query) => {
  const page = await costOf(query());
  expect(page.length).toBe(length);
  expect(page.touched).toBeLessThan(1_000);
});
