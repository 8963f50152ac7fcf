import { beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../../../../test/client.ts';
import { type TestEnvironment, useServer } from '../../../../test/harness.ts';
import { inEnvironment, lastEvent, makeMembership, makeOrganization } from '../../../../test/people.ts';
import { refresh, signIn } from '../../../../test/sign-in.ts';
import { sql } from '../../../platform/database/sql.ts';
import { decodeJwt } from 'jose';
import { holdersInOneStep } from '../assignments/holders.ts';
import { deleteRoleJob } from './jobs.ts';

const server = useServer();
const memberships = '/user_management/organization_memberships';
const configuration = '/management/role_configuration';
const rolesOf = (id: string) => `/authorization/organizations/${id}/roles`;
const remove = (api: TestClient, slug: string, replacement?: string) =>
  api.delete(
    `/management/roles/${slug}${replacement === undefined ? '' : `?replacement_role_slug=${replacement}`}`,
  );

async function makeEnvironment(mode: 'single' | 'multiple' = 'single'): Promise<TestEnvironment> {
  const environment = await server.addEnvironment('sandbox');
  for (const slug of ['editor', 'owner']) {
    await environment.api.post('/authorization/roles', { slug, name: slug });
  }
  const roles = { multiple_roles_enabled: mode === 'multiple' };
  await environment.api.patch('/management/settings', { roles });
  return environment;
}

const slugsOf = async (api: TestClient, id: string): Promise<string[]> =>
  (await api.get(`${memberships}/${id}`)).body.roles.map(({ slug }: { slug: string }) => slug);

const countHolders = async ({ id }: TestEnvironment): Promise<number> => {
  const { count } = await server.database.one<{ count: number }>(sql`
    select count(*)::int as count from membership_role join role
      on role.environment_id = membership_role.environment_id and role.id = membership_role.role_id
    where role.environment_id = ${id} and role.deleted_at is not null`);
  return count;
};

const untilMoved = (environment: TestEnvironment) =>
  expect
    .poll(
      async () => {
        const rows = await server.database.many(sql`
          select 1 from role where environment_id = ${environment.id} and deleted_at is not null`);
        return rows.length;
      },
      { timeout: 20_000 },
    )
    .toBe(0);

beforeAll(() => void server.startJobs());

test('a role that nobody holds is gone with its event', async () => {
  const { api } = await makeEnvironment();
  const mark = await lastEvent(api);
  expect((await remove(api, 'editor')).status).toBe(202);
  expect((await remove(api, 'editor')).status).toBe(404);
  const { body } = await api.get(`/events?after=${mark}`);
  expect(body.data).toMatchObject([{ event: 'role.deleted', data: { object: 'role', slug: 'editor' } }]);
  expect((await api.get('/authorization/roles/editor')).status).toBe(404);
});

test('the default of the environment stays; made the default no more, it goes and its holders follow', async () => {
  const environment = await makeEnvironment();
  const { api } = environment;
  const { id } = await makeMembership(api);
  const refused = await remove(api, 'member');
  expect([refused.status, refused.body.code]).toEqual([409, 'role_is_default']);
  await api.patch(configuration, { default_role_slug: 'editor' });
  expect((await remove(api, 'member')).status).toBe(202);
  expect(await slugsOf(api, id)).toEqual(['editor']);
  await untilMoved(environment);
  expect(await slugsOf(api, id)).toEqual(['editor']);
});

test('what is unknown, of an organization or of another environment is answered 404, and no key 401', async () => {
  const { api } = await makeEnvironment();
  const organizationId = await makeOrganization(api);
  await api.post(rolesOf(organizationId), { slug: 'org-own', name: 'Own' });
  for (const slug of ['unheard-of', 'org-own']) expect((await remove(api, slug)).status).toBe(404);
  await server.other.api.post('/authorization/roles', { slug: 'theirs', name: 'Theirs' });
  expect((await remove(api, 'theirs')).status).toBe(404);
  expect((await remove(server.anonymous, 'editor')).status).toBe(401);
});

describe('where organizations have it as their default', () => {
  async function makeOwnDefault() {
    const environment = await makeEnvironment();
    const { api } = environment;
    const organizationId = await makeOrganization(api);
    await api.post(rolesOf(organizationId), { slug: 'org-own', name: 'Own' });
    await api.patch(`/management/organizations/${organizationId}/role_configuration`, {
      default_role_slug: 'editor',
    });
    return { environment, api, organizationId };
  }

  test('a replacement is demanded, and must be another role of the environment', async () => {
    const { api } = await makeOwnDefault();
    const refused = await remove(api, 'editor');
    expect([refused.status, refused.body.code]).toEqual([409, 'role_is_organization_default']);
    expect(refused.body.message).toContain("'editor' is the default role of an organization.");
    for (const slug of ['editor', 'unheard-of', 'org-own']) {
      const { status, body } = await remove(api, 'editor', slug);
      expect([status, body.code]).toEqual([422, 'invalid_role']);
    }
    expect((await remove(api, 'editor', '')).status).toBe(422);
    expect((await api.get('/authorization/roles/editor')).status).toBe(200);
  });

  test('these have the replacement, and so have their holders; others have the default of the environment', async () => {
    const { environment, api, organizationId } = await makeOwnDefault();
    const there = await makeMembership(api, { organization_id: organizationId });
    const elsewhere = await makeMembership(api, { role_slug: 'editor' });
    expect(await slugsOf(api, there.id)).toEqual(['editor']);
    expect((await remove(api, 'editor', 'owner')).status).toBe(202);
    await untilMoved(environment);
    expect(await slugsOf(api, there.id)).toEqual(['owner']);
    expect(await slugsOf(api, elsewhere.id)).toEqual(['member']);
    const { body } = await api.get(`/management/organizations/${organizationId}/role_configuration`);
    expect(body).toMatchObject({ default_role_slug: 'owner', role_slugs: ['member', 'owner', 'org-own'] });
  });
});

test('where memberships have one role, each holder gets the default with an event that says what was before', async () => {
  const environment = await makeEnvironment();
  const { api } = environment;
  const { id, organization_id } = await makeMembership(api, { role_slug: 'editor' });
  const mark = await lastEvent(api);
  await remove(api, 'editor');
  await untilMoved(environment);
  const { body } = await api.get(`/events?after=${mark}`);
  expect(body.data).toMatchObject([
    { event: 'role.deleted' },
    {
      event: 'organization_membership.updated',
      data: { id, organization_id, role: { slug: 'member' }, roles: [{ slug: 'member' }] },
      context: {
        actor: { source: 'system' },
        previous_attributes: { role: { slug: 'editor' }, roles: [{ slug: 'editor' }] },
      },
    },
  ]);
  const { body: membership } = await api.get(`${memberships}/${id}`);
  expect(membership.updated_at).toBe(body.data[1].data.updated_at);
  const { body: access } = await api.get(`/management/organization_memberships/${id}/access`);
  expect(access.roles).toMatchObject([{ slug: 'member', sources: ['default'] }]);
});

test('where they have several, the others stay, and only the last is followed by the default', async () => {
  const environment = await makeEnvironment('multiple');
  const { api } = environment;
  const several = await makeMembership(api, { role_slugs: ['editor', 'owner'] });
  const only = await makeMembership(api, { role_slugs: ['editor'] });
  const mark = await lastEvent(api);
  await remove(api, 'editor');
  await untilMoved(environment);
  expect(await slugsOf(api, several.id)).toEqual(['owner']);
  expect(await slugsOf(api, only.id)).toEqual(['member']);
  const { body } = await api.get(`/events?after=${mark}&events=organization_membership.updated`);
  expect(body.data.map(({ data }: { data: { id: string } }) => data.id)).toEqual([several.id, only.id]);
});

test('groups that gave it give the default afterwards', async () => {
  const { api, id } = await makeEnvironment();
  const organizationId = await makeOrganization(api);
  const { body: role } = await api.get('/authorization/roles/editor');
  await inEnvironment({ ...server, id }, (tx) =>
    tx.run(sql`
      insert into group_role_mapping (environment_id, organization_id, source, provider_id, group_id, role_id, created_at)
      values (${id}, ${organizationId}, 'sso', 'conn_1', 'writers', ${role.id}, ${tx.now})`),
  );
  await remove(api, 'editor');
  const left = await server.database.many(sql`select 1 from group_role_mapping where environment_id = ${id}`);
  expect(left).toEqual([]);
});

describe('a role of 250 holders', () => {
  const size = 250;

  async function makeCrowd(): Promise<TestEnvironment & { organizationId: string }> {
    const environment = await makeEnvironment();
    const organizationId = await makeOrganization(environment.api);
    const prefix = environment.id.slice(-10);
    await inEnvironment({ ...server, id: environment.id }, async (tx) => {
      await tx.run(sql`
        insert into user_account (environment_id, id, email, email_key, email_verified, metadata, created_at, updated_at)
        select ${tx.environmentId}, 'user_01' || ${prefix}::text || lpad(n::text, 14, '0'), 'p' || n || '@example.com',
          'p' || n || '@example.com', true, '{}', ${tx.now}, ${tx.now}
        from generate_series(1, ${size}::integer) as n`);
      await tx.run(sql`
        insert into membership (environment_id, id, user_id, organization_id, status, directory_managed,
          custom_attributes, created_at, updated_at)
        select environment_id, replace(id, 'user_', 'om_'), id, ${organizationId}, 'active', false, '{}', ${tx.now}, ${tx.now}
        from user_account where environment_id = ${tx.environmentId}`);
      await tx.run(sql`
        insert into membership_role (environment_id, membership_id, role_id, source, created_at)
        select ${tx.environmentId}, membership.id, role.id, 'direct', ${tx.now} from membership, role
        where membership.environment_id = ${tx.environmentId} and role.environment_id = ${tx.environmentId}
          and role.slug = 'editor'`);
    });
    return { ...environment, organizationId };
  }

  const someoneOf = async ({ api, organizationId }: { api: TestClient; organizationId: string }) =>
    (await api.get(`${memberships}?organization_id=${organizationId}&limit=1`)).body.data[0];

  test('is gone from every answer and token at once, cannot be given, and its slug is free', async () => {
    const crowd = await makeCrowd();
    const { api } = crowd;
    const someone = await someoneOf(crowd);
    const stage = { ...server, ...crowd };
    const session = await signIn(stage, {
      userId: someone.user_id,
      organizationId: crowd.organizationId,
      environmentId: crowd.id,
    });
    expect(decodeJwt(session.access_token)['role']).toBe('editor');
    await remove(api, 'editor');
    expect(await slugsOf(api, someone.id)).toEqual(['member']);
    const { body } = await refresh(stage, session.refresh_token);
    expect(decodeJwt(body.access_token)).toMatchObject({ role: 'member', roles: ['member'] });
    const given = await api.put(`${memberships}/${someone.id}`, { role_slug: 'editor' });
    expect([given.status, given.body.code]).toEqual([422, 'invalid_role']);
    expect((await api.post('/authorization/roles', { slug: 'editor', name: 'Another' })).status).toBe(201);
    expect(await slugsOf(api, someone.id)).toEqual(['member']);
    await untilMoved(crowd);
    expect(await slugsOf(api, someone.id)).toEqual(['member']);
  });

  test('is moved in steps that can fail and begin again, with one event for each holder', async () => {
    const crowd = await makeCrowd();
    const mark = await lastEvent(crowd.api);
    const { body: role } = await crowd.api.get('/authorization/roles/editor');
    await inEnvironment({ ...server, id: crowd.id }, (tx) =>
      tx.run(
        sql`update role set deleted_at = ${tx.now} where environment_id = ${crowd.id} and id = ${role.id}`,
      ),
    );
    const step = async (fate: 'done' | 'killed') =>
      inEnvironment({ ...server, id: crowd.id }, async (tx) => {
        await deleteRoleJob.run?.(tx, { role_id: role.id });
        tx.pending.jobs.length = 0;
        if (fate === 'killed') throw new Error('killed');
      });
    await expect(step('killed')).rejects.toThrow('killed');
    expect(await countHolders(crowd)).toBe(size);
    await step('done');
    expect(await countHolders(crowd)).toBe(size - holdersInOneStep);
    await expect(step('killed')).rejects.toThrow('killed');
    for (let moved = holdersInOneStep; moved <= size; moved += holdersInOneStep) await step('done');
    expect(await server.database.many(sql`select 1 from role where id = ${role.id}`)).toEqual([]);
    const events = await server.database.many<{ id: string; count: number }>(sql`
      select data ->> 'id' as id, count(*)::int as count from event
      where environment_id = ${crowd.id} and type = 'organization_membership.updated' and id > ${mark} group by 1`);
    expect(events).toHaveLength(size);
    expect(events.every(({ count }) => count === 1)).toBe(true);
  });

  test('leaves alone whoever was given another role meanwhile', async () => {
    const crowd = await makeCrowd();
    const someone = await someoneOf(crowd);
    await remove(crowd.api, 'editor');
    await crowd.api.put(`${memberships}/${someone.id}`, { role_slug: 'owner' });
    await untilMoved(crowd);
    expect(await slugsOf(crowd.api, someone.id)).toEqual(['owner']);
    const held = await server.database.many<{ slug: string; count: number }>(sql`
      select role.slug, count(*)::int as count from membership_role join role
        on role.environment_id = membership_role.environment_id and role.id = membership_role.role_id
      where membership_role.environment_id = ${crowd.id} group by 1 order by 1`);
    expect(held).toEqual([
      { slug: 'member', count: size - 1 },
      { slug: 'owner', count: 1 },
    ]);
  });
});
