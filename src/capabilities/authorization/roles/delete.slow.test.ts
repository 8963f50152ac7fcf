// A role of very many holders is deleted while workers of two nodes are stopped and started again.
import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, lastEvent, makeOrganization } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';
import { waitUntil } from '../../../../test/wait.ts';
import type { Worker } from '../../../platform/jobs/worker.ts';

const server = useServer();
const size = 3_000;
const several = 1_500;

async function addCrowd(organizationId: string): Promise<void> {
  await inEnvironment(server, async (tx) => {
    await tx.run(sql`
      insert into user_account (environment_id, id, email, email_key, email_verified, metadata, created_at, updated_at)
      select ${tx.environmentId}, 'user_01CROWD' || lpad(n::text, 19, '0'), 'crowd' || n || '@example.com',
        'crowd' || n || '@example.com', false, '{}', ${tx.now}, ${tx.now}
      from generate_series(1, ${size}::integer) as n`);
    await tx.run(sql`
      insert into membership (environment_id, id, user_id, organization_id, status, directory_managed,
        custom_attributes, created_at, updated_at)
      select ${tx.environmentId}, 'om_01CROWD' || lpad(n::text, 19, '0'), 'user_01CROWD' || lpad(n::text, 19, '0'),
        ${organizationId}, 'active', false, '{}', ${tx.now}, ${tx.now}
      from generate_series(1, ${size}::integer) as n`);
    await tx.run(sql`
      insert into membership_role (environment_id, membership_id, role_id, source, created_at)
      select ${tx.environmentId}, 'om_01CROWD' || lpad(n::text, 19, '0'), role.id, 'direct', ${tx.now}
      from role, generate_series(1, ${size}::integer) as n
      where role.environment_id = ${tx.environmentId}
        and (role.slug = 'editor' or role.slug = 'owner' and n <= ${several})`);
  });
}

/** How many memberships hold which roles. */
const countByRoles = () =>
  server.database.many<{ roles: string; count: number }>(sql`
    select roles, count(*)::int as count from (
      select string_agg(distinct role.slug, ' ' order by role.slug) as roles from membership_role join role
        on role.environment_id = membership_role.environment_id and role.id = membership_role.role_id
      where membership_role.environment_id = ${server.id} group by membership_role.membership_id) as held
    group by 1 order by 1`);

/** How many updates each membership was told of since. */
const countEvents = (mark: string) =>
  server.database.many<{ times: number; count: number }>(sql`
    select times, count(*)::int as count from (
      select data ->> 'id', count(*)::int as times from event
      where environment_id = ${server.id} and type = 'organization_membership.updated' and id > ${mark}
      group by 1) as told
    group by 1 order by 1`);

const countAll = async (): Promise<number> => {
  const { count } = await server.database.one<{ count: number }>(sql`
    select count(*)::int as count from event where environment_id = ${server.id}`);
  return count;
};

const isIdle = async (): Promise<boolean> => {
  const left = await server.database.many(sql`
    select 1 from job where environment_id = ${server.id} and state = 'waiting'`);
  return left.length === 0;
};

/** Workers begin, and are stopped in the middle of their work, until nothing is left to do; how often. */
async function workWithStops(): Promise<number> {
  for (let stops = 0; ; stops += 1) {
    if (await isIdle()) return stops;
    const before = await countAll();
    const workers: Worker[] = [server.startJobs(), server.startJobs()];
    await waitUntil(
      'a few steps are done',
      async () => (await countAll()) > before + 300 || (await isIdle()),
    );
    await Promise.all(workers.map((worker) => worker.stop(0)));
  }
}

test('every holder is moved once, with one event, however often the workers are stopped', async () => {
  const { api } = server;
  for (const slug of ['editor', 'owner']) await api.post('/authorization/roles', { slug, name: slug });
  await api.patch('/management/settings', { roles: { multiple_roles_enabled: true } });
  await addCrowd(await makeOrganization(api));
  const beforeDeletion = await lastEvent(api);
  expect((await api.delete('/management/roles/editor')).status).toBe(202);
  const stops = await workWithStops();
  expect(stops).toBeGreaterThan(1);
  expect(await countByRoles()).toEqual([
    { roles: 'member', count: size - several },
    { roles: 'owner', count: several },
  ]);
  expect(await countEvents(beforeDeletion)).toEqual([{ times: 1, count: size }]);
  const roles = await server.database.many(sql`
    select 1 from role where environment_id = ${server.id} and deleted_at is not null`);
  expect(roles).toEqual([]);
}, 120_000);

test('every membership keeps one role, with one event for those that had several', async () => {
  const { api } = server;
  await inEnvironment(server, (tx) =>
    tx.run(sql`
      insert into membership_role (environment_id, membership_id, role_id, source, created_at)
      select ${tx.environmentId}, membership_role.membership_id, role.id, 'direct', ${tx.now}
      from membership_role join role on role.environment_id = membership_role.environment_id and role.slug = 'member'
      where membership_role.environment_id = ${tx.environmentId}
      on conflict do nothing`),
  );
  const beforeSwitch = await lastEvent(api);
  await api.patch('/management/settings', { roles: { multiple_roles_enabled: false } });
  expect(await workWithStops()).toBeGreaterThan(1);
  expect(await countByRoles()).toEqual([{ roles: 'member', count: size }]);
  expect(await countEvents(beforeSwitch)).toEqual([{ times: 1, count: several }]);
}, 120_000);
