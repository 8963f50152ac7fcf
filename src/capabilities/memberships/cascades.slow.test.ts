// What a deleted user, organization or environment takes with it.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import {
  inEnvironment,
  lastEvent,
  makeMembership,
  makeOrganization,
  makeRole,
  makeUser,
} from '../../../test/people.ts';
import { sql } from '../../platform/database/sql.ts';
import { eraseMembershipsJob } from './index.ts';

const server = useServer();
const path = '/user_management/organization_memberships';

const countRows = async (organizationId: string): Promise<number> => {
  const { count } = await server.database.one<{ count: number }>(
    sql`select count(*) as count from membership where organization_id = ${organizationId}`,
  );
  return count;
};

test('a deleted user takes their memberships along, each with its event, before their own', async () => {
  const user_id = await makeUser(server.api);
  const first = await makeMembership(server.api, { user_id });
  const second = await makeMembership(server.api, { user_id });
  await server.api.put(`${path}/${second.id}/deactivate`);
  const mark = await lastEvent(server.api);
  expect((await server.api.delete(`/user_management/users/${user_id}`)).status).toBe(200);
  const { body } = await server.api.get(`/events?after=${mark}`);
  expect(body.data).toMatchObject([
    { event: 'organization_membership.deleted', data: { id: first.id, role: { slug: 'member' } } },
    { event: 'organization_membership.deleted', data: { id: second.id, status: 'inactive' } },
    { event: 'user.deleted' },
  ]);
  for (const { id } of [first, second]) expect((await server.api.get(`${path}/${id}`)).status).toBe(404);
});

test('a deleted organization takes its memberships and roles along, each membership with its event', async () => {
  const organizationId = await makeOrganization(server.api);
  await makeRole(server, { slug: 'org-own', priority: 4, organizationId });
  const made = await makeMembership(server.api, { organization_id: organizationId, role_slug: 'org-own' });
  const mark = await lastEvent(server.api);
  await server.api.delete(`/organizations/${organizationId}`);
  const { body } = await server.api.get(`/events?after=${mark}`);
  expect(body.data).toMatchObject([
    { event: 'organization_membership.deleted', data: { id: made.id, roles: [{ slug: 'org-own' }] } },
    { event: 'organization_role.deleted', data: { slug: 'org-own' } },
    { event: 'organization.deleted' },
  ]);
  expect(await countRows(organizationId)).toBe(0);
  const roles = await server.database.many(sql`select 1 from role where organization_id = ${organizationId}`);
  expect(roles).toEqual([]);
});

test('an environment is erased with its users, organizations, roles and memberships', async () => {
  const { api, id, clientId } = await server.addEnvironment('sandbox');
  await makeMembership(api);
  expect((await server.install.delete(`/management/environments/${id}`)).status).toBeLessThan(300);
  expect(clientId).not.toBe('');
  const worker = server.startJobs();
  worker.wake();
  await vi.waitFor(
    async () => {
      const rows = await server.database.many(sql`
        select id from membership where environment_id = ${id} union all select id from role where environment_id = ${id}
        union all select membership_id from membership_role where environment_id = ${id}`);
      expect(rows).toEqual([]);
    },
    { timeout: 10_000, interval: 20 },
  );
  await worker.stop(1_000);
});

describe('an organization of 2,000 members', () => {
  const size = 2_000;
  let organizationId: string;
  let someUser: string;
  let someMembership: string;

  beforeAll(async () => {
    organizationId = await makeOrganization(server.api, 'Big');
    await makeRole(server, { slug: 'org-big', priority: 5, organizationId });
    // Thousands of requests would prove nothing more.
    await inEnvironment(server, async (tx) => {
      await tx.run(sql`
        insert into user_account (environment_id, id, email, email_key, email_verified, metadata, created_at, updated_at)
        select ${tx.environmentId}, 'user_01BIG' || lpad(n::text, 21, '0'), 'big' || n || '@example.com',
          'big' || n || '@example.com', false, '{}', ${tx.now}, ${tx.now}
        from generate_series(1, ${size}::integer) as n`);
      await tx.run(sql`
        insert into membership (environment_id, id, user_id, organization_id, status, directory_managed,
          custom_attributes, created_at, updated_at)
        select ${tx.environmentId}, 'om_01BIG' || lpad(n::text, 21, '0'), 'user_01BIG' || lpad(n::text, 21, '0'),
          ${organizationId}, 'active', false, '{}', ${tx.now}, ${tx.now}
        from generate_series(1, ${size}::integer) as n`);
      await tx.run(sql`
        insert into membership_role (environment_id, membership_id, role_id, source, created_at)
        select ${tx.environmentId}, membership.id, role.id, 'direct', ${tx.now} from membership, role
        where membership.organization_id = ${organizationId} and role.organization_id = ${organizationId}`);
    });
    const { body } = await server.api.get(`${path}?organization_id=${organizationId}&limit=1`);
    someMembership = body.data[0].id;
    someUser = body.data[0].user_id;
  });

  test('is gone from every read at once; a job then deletes each membership with one event', async () => {
    await makeMembership(server.api, { user_id: someUser });
    const mark = await lastEvent(server.api);
    expect((await server.api.delete(`/organizations/${organizationId}`)).status).toBe(202);

    expect(await countRows(organizationId)).toBe(size);
    expect((await server.api.get(`${path}/${someMembership}`)).status).toBe(404);
    expect((await server.api.get(`${path}?organization_id=${organizationId}`)).status).toBe(404);
    expect((await server.api.get(`${path}?user_id=${someUser}`)).body.data).toHaveLength(1);
    expect(
      (await server.api.get(`/user_management/users?organization_id=${organizationId}`)).body.data,
    ).toEqual([]);
    for (const step of ['deactivate', 'reactivate']) {
      expect((await server.api.put(`${path}/${someMembership}/${step}`)).status).toBe(404);
    }
    expect((await server.api.delete(`${path}/${someMembership}`)).status).toBe(404);
    expect(await server.eventNames(mark)).toEqual(['organization.deleted']);

    // A batch that fails takes nothing back of the ones before and leaves nothing of itself.
    const failing = inEnvironment(server, async (tx) => {
      await eraseMembershipsJob.run?.(tx, { organization_id: organizationId });
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await countRows(organizationId)).toBe(size);

    // One of them is deleted with the user meanwhile: that is their one event.
    await server.api.delete(`/user_management/users/${someUser}`);
    const worker = server.startJobs();
    await vi.waitFor(async () => expect(await countRows(organizationId)).toBe(0), {
      timeout: 20_000,
      interval: 50,
    });
    await vi.waitFor(async () => {
      const rows = await server.database.many(
        sql`select 1 from role where organization_id = ${organizationId}`,
      );
      expect(rows).toEqual([]);
    });
    await worker.stop(1_000);

    const told = await server.database.many<{ id: string; role: string }>(sql`
      select data ->> 'id' as id, data -> 'role' ->> 'slug' as role from event
      where type = 'organization_membership.deleted' and data ->> 'organization_id' = ${organizationId}`);
    expect(told).toHaveLength(size);
    expect(new Set(told.map(({ id }) => id)).size).toBe(size);
    expect(new Set(told.map(({ role }) => role))).toEqual(new Set(['org-big']));
  }, 60_000);
});
