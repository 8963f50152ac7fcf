import { expect, test, vi } from 'vitest';
import type { TestResponse } from '../../../../test/client.ts';
import { useServer } from '../../../../test/harness.ts';
import { makeOrganization, makeUser } from '../../../../test/people.ts';
import type { Db } from '../../../platform/database/database.ts';
import { sql } from '../../../platform/database/sql.ts';

const server = useServer();
const memberships = '/user_management/organization_memberships';

const countWaiting = () =>
  server.database.one<{ count: number }>(sql`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);

/** The answer to somebody who joins while the default role of the organization is replaced and goes. */
async function joinDuring(take: (db: Db, roleId: string) => Promise<unknown>): Promise<TestResponse> {
  const { api, id } = await server.addEnvironment('sandbox');
  for (const slug of ['former', 'next']) await api.post('/authorization/roles', { slug, name: slug });
  const organization_id = await makeOrganization(api);
  await api.post(`/authorization/organizations/${organization_id}/roles`, { slug: 'org-own', name: 'Own' });
  const { status } = await api.patch(`/management/organizations/${organization_id}/role_configuration`, {
    default_role_slug: 'former',
  });
  expect(status).toBe(200);
  const user_id = await makeUser(api);
  const { joining } = await server.database.transaction(async (db) => {
    const former = await db.one<{ id: string }>(sql`
      select id from role where environment_id = ${id} and slug = 'former' for update`);
    const answer = api.post(memberships, { user_id, organization_id });
    await vi.waitFor(async () => expect(await countWaiting()).toEqual({ count: 1 }), { timeout: 20_000 });
    await db.run(sql`
      update role_configuration
      set default_role_id = (select id from role where environment_id = ${id} and slug = 'next')
      where environment_id = ${id} and organization_id = ${organization_id}`);
    await take(db, former.id);
    return { joining: answer };
  });
  return joining;
}

test('who joins while the default role is replaced and deleted is given the next one', async () => {
  const { status, body } = await joinDuring((db, id) => db.run(sql`delete from role where id = ${id}`));
  expect([status, body.role]).toEqual([201, { slug: 'next' }]);
});

test('a default role that has holders is given to nobody once it is being deleted', async () => {
  const { status, body } = await joinDuring((db, id) =>
    db.run(sql`update role set deleted_at = now() where id = ${id}`),
  );
  expect([status, body.role]).toEqual([201, { slug: 'next' }]);
  const held = await server.database.many<{ slug: string }>(sql`
    select role.slug from membership_role join role
      on role.environment_id = membership_role.environment_id and role.id = membership_role.role_id
    where membership_role.membership_id = ${body.id}`);
  expect(held).toEqual([{ slug: 'next' }]);
});
