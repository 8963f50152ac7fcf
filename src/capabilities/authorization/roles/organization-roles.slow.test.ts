import { describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, lastEvent, makeMembership, makeOrganization } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';
import { setGroupMappings } from '../index.ts';

const server = useServer();
const rolesOf = (organizationId: string) => `/authorization/organizations/${organizationId}/roles`;
const slugsOf = async (path: string): Promise<string[]> =>
  (await server.api.get(path)).body.data.map(({ slug }: { slug: string }) => slug);

/** A new organization with a role of its own. */
async function makeOwnRole(slug = 'org-billing') {
  const organizationId = await makeOrganization(server.api);
  const path = rolesOf(organizationId);
  const { body } = await server.api.post(path, { slug, name: 'Billing' });
  return { organizationId, path, one: `${path}/${slug}`, role: body };
}

describe('create', () => {
  test('answers the role and emits organization_role.created in the feed of the organization', async () => {
    const organizationId = await makeOrganization(server.api);
    const { status, body } = await server.api.post(rolesOf(organizationId), {
      slug: 'org-billing',
      name: 'Billing',
      description: 'Pays',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      object: 'role',
      slug: 'org-billing',
      type: 'OrganizationRole',
      resource_type_slug: 'organization',
      permissions: [],
    });
    const { body: events } = await server.api.get(`/events?organization_id=${organizationId}`);
    expect(events.data.at(-1)).toMatchObject({ event: 'organization_role.created' });
    expect(events.data.at(-1).data).toEqual({
      object: 'organization_role',
      organization_id: organizationId,
      slug: 'org-billing',
      name: 'Billing',
      description: 'Pays',
      resource_type_slug: 'organization',
      permissions: [],
      created_at: body.created_at,
      updated_at: body.updated_at,
    });
  });

  test.each([
    ['Billing Admins', /^org-billing-admins-[0-9a-z]{6}$/],
    ['Économie & Café', /^org-economie-cafe-[0-9a-z]{6}$/],
    ['請求', /^org-[0-9a-z]{6}$/],
    ['n'.repeat(48), /^org-n{37}-[0-9a-z]{6}$/],
  ])('without a slug one is made from the name %s, another one each time', async (name, pattern) => {
    const path = rolesOf(await makeOrganization(server.api));
    const first = (await server.api.post(path, { name })).body.slug;
    const second = (await server.api.post(path, { name })).body.slug;
    expect(first).toMatch(pattern);
    expect(second).toMatch(pattern);
    expect(first).not.toBe(second);
  });

  test.each(['billing', 'org-', 'org', 'org-Billing', 'org-a b', `org-${'s'.repeat(45)}`])(
    'the slug %s is refused with 422',
    async (slug) => {
      const path = rolesOf(await makeOrganization(server.api));
      expect((await server.api.post(path, { slug, name: 'Any' })).status).toBe(422);
    },
  );

  test('a slug is taken once in an organization, and free in another', async () => {
    const { path } = await makeOwnRole();
    const { status, body } = await server.api.post(path, { slug: 'org-billing', name: 'Again' });
    expect([status, body.code]).toEqual([409, 'organization_role_slug_conflict']);
    const elsewhere = rolesOf(await makeOrganization(server.api));
    expect((await server.api.post(elsewhere, { slug: 'org-billing', name: 'There' })).status).toBe(201);
  });

  test('no slug names two roles in one organization, whichever was first', async () => {
    await server.api.post('/authorization/roles', { slug: 'org-shared', name: 'Shared' });
    const path = rolesOf(await makeOrganization(server.api));
    const { status, body: refusal } = await server.api.post(path, { slug: 'org-shared', name: 'Own' });
    expect([status, refusal.message]).toEqual([
      409,
      "The environment has a role with this slug: 'org-shared'.",
    ]);
    await server.api.post(path, { slug: 'org-special', name: 'Special' });
    const later = await server.api.post('/authorization/roles', { slug: 'org-special', name: 'Shared' });
    expect([later.status, later.body.code]).toEqual([409, 'role_slug_conflict']);
    expect(later.body.message).toContain('An organization has a role of its own with this slug');
  });

  test('an organization has at most 500 of its own', async () => {
    const { organizationId, path } = await makeOwnRole();
    await inEnvironment(server, (tx) =>
      tx.run(sql`
        insert into role (environment_id, id, organization_id, slug, name, priority, is_default, created_at, updated_at)
        select ${tx.environmentId}, 'role_01FULL' || lpad(n::text, 20, '0'), ${organizationId}, 'org-many-' || n,
          'Many', 0, false, ${tx.now}, ${tx.now}
        from generate_series(1, 499) as n`),
    );
    const { status, body } = await server.api.post(path, { name: 'Beyond' });
    expect([status, body.code]).toEqual([422, 'role_limit_reached']);
  });

  test('an unknown organization, one of another environment and an unknown resource type are answered 404', async () => {
    const foreign = await makeOrganization(server.other.api);
    for (const id of [foreign, 'org_01HZZZZZZZZZZZZZZZZZZZZZZZ']) {
      expect((await server.api.post(rolesOf(id), { name: 'Any' })).status).toBe(404);
      expect((await server.api.get(rolesOf(id))).status).toBe(404);
      expect((await server.api.get(`${rolesOf(id)}/member`)).status).toBe(404);
      expect((await server.api.delete(`${rolesOf(id)}/org-any`)).status).toBe(404);
    }
    const path = rolesOf(await makeOrganization(server.api));
    expect((await server.api.post(path, { name: 'Any', resource_type_slug: 'app' })).status).toBe(404);
  });
});

describe('read', () => {
  test('the list has the environment’s roles and its own, under the old path too', async () => {
    const { organizationId, path } = await makeOwnRole();
    const { body } = await server.api.get(path);
    expect(body.data.at(-1)).toMatchObject({ slug: 'org-billing', type: 'OrganizationRole' });
    expect(body.data[0]).toMatchObject({ slug: 'member', type: 'EnvironmentRole' });
    expect((await server.api.get(`/organizations/${organizationId}/roles`)).body).toEqual(body);
    const elsewhere = await makeOrganization(server.api);
    expect(await slugsOf(rolesOf(elsewhere))).not.toContain('org-billing');
  });

  test('one is found where it can be given: its own, the environment’s, and not another organization’s', async () => {
    const { path, role, one } = await makeOwnRole();
    expect((await server.api.get(one)).body).toEqual(role);
    expect((await server.api.get(`${path}/member`)).body).toMatchObject({ type: 'EnvironmentRole' });
    const elsewhere = rolesOf(await makeOrganization(server.api));
    expect((await server.api.get(`${elsewhere}/org-billing`)).status).toBe(404);
    expect((await server.api.get('/authorization/roles/org-billing')).status).toBe(404);
  });
});

describe('change', () => {
  test('texts and permissions, each with its event and what was before', async () => {
    const { organizationId, one } = await makeOwnRole();
    for (const slug of ['bills:read', 'bills:pay']) {
      await server.api.post('/authorization/permissions', { slug, name: slug });
    }
    const mark = await lastEvent(server.api);
    const { body: renamed } = await server.api.patch(one, { name: 'Payers', description: 'Pay' });
    expect(renamed).toMatchObject({ name: 'Payers', description: 'Pay', slug: 'org-billing' });
    const set = await server.api.put(`${one}/permissions`, { permissions: ['bills:read'] });
    expect([set.status, set.body.permissions]).toEqual([200, ['bills:read']]);
    const added = await server.api.post(`${one}/permissions`, { slug: 'bills:pay' });
    expect([added.status, added.body.permissions]).toEqual([200, ['bills:pay', 'bills:read']]);
    const taken = await server.api.delete(`${one}/permissions/bills:read`);
    expect([taken.status, taken.body.permissions]).toEqual([200, ['bills:pay']]);
    expect((await server.api.delete(`${one}/permissions/bills:read`)).body).toEqual(taken.body);
    const { body: events } = await server.api.get(`/events?after=${mark}&organization_id=${organizationId}`);
    expect(events.data).toMatchObject([
      { data: { name: 'Payers' }, context: { previous_attributes: { name: 'Billing', description: null } } },
      { data: { permissions: ['bills:read'] } },
      { data: { permissions: ['bills:pay', 'bills:read'] } },
      {
        event: 'organization_role.updated',
        data: { permissions: ['bills:pay'] },
        context: { previous_attributes: { permissions: ['bills:pay', 'bills:read'] } },
      },
    ]);
  });

  test('a role of the environment is not changed by way of an organization', async () => {
    const { path } = await makeOwnRole();
    const { body: before } = await server.api.get('/authorization/roles/member');
    const one = `${path}/member`;
    for (const { status, body } of [
      await server.api.patch(one, { name: 'Mine' }),
      await server.api.put(`${one}/permissions`, { permissions: [] }),
      await server.api.post(`${one}/permissions`, { slug: 'widgets:sso:manage' }),
      await server.api.delete(`${one}/permissions/widgets:sso:manage`),
      await server.api.delete(one),
    ]) {
      expect([status, body.code]).toEqual([403, 'environment_role']);
    }
    expect((await server.api.get('/authorization/roles/member')).body).toEqual(before);
  });

  test('a role of another organization is answered 404 by everything, and stays as it is (X-02)', async () => {
    const { one, role } = await makeOwnRole('org-theirs');
    const elsewhere = `${rolesOf(await makeOrganization(server.api))}/org-theirs`;
    for (const { status, body } of [
      await server.api.get(elsewhere),
      await server.api.patch(elsewhere, { name: 'Mine' }),
      await server.api.put(`${elsewhere}/permissions`, { permissions: [] }),
      await server.api.post(`${elsewhere}/permissions`, { slug: 'widgets:sso:manage' }),
      await server.api.delete(`${elsewhere}/permissions/widgets:sso:manage`),
      await server.api.delete(elsewhere),
    ]) {
      expect([status, body.entity_id]).toEqual([404, 'org-theirs']);
    }
    expect((await server.api.get(one)).body).toEqual(role);
  });

  test('what is unknown is answered 404, what is malformed 422', async () => {
    const { path, one } = await makeOwnRole();
    expect((await server.api.patch(`${path}/org-nothing`, { name: 'Any' })).status).toBe(404);
    expect((await server.api.put(`${one}/permissions`, { permissions: ['no:such'] })).status).toBe(404);
    expect((await server.api.delete(`${one}/permissions/no:such`)).status).toBe(404);
    expect((await server.api.patch(one, { name: '' })).status).toBe(422);
    expect((await server.api.put(`${one}/permissions`, {})).status).toBe(422);
    expect((await server.api.post(`${one}/permissions`, {})).status).toBe(422);
  });
});

describe('delete', () => {
  test('a role that nobody holds goes with its event, and a second time is answered 404', async () => {
    const { organizationId, path, one } = await makeOwnRole();
    const mark = await lastEvent(server.api);
    expect((await server.api.delete(one)).status).toBe(204);
    expect((await server.api.delete(one)).status).toBe(404);
    expect(await slugsOf(path)).not.toContain('org-billing');
    const { body } = await server.api.get(`/events?after=${mark}`);
    expect(body.data).toMatchObject([
      { event: 'organization_role.deleted', data: { organization_id: organizationId, slug: 'org-billing' } },
    ]);
  });

  test('one that a member holds, active or not, is refused with role_has_assignments', async () => {
    const { organizationId, one } = await makeOwnRole();
    const held = { organization_id: organizationId, role_slug: 'org-billing' };
    const { id } = await makeMembership(server.api, held);
    await server.api.put(`/user_management/organization_memberships/${id}/deactivate`);
    const { status, body } = await server.api.delete(one);
    expect([status, body.code]).toEqual([409, 'role_has_assignments']);
    await server.api.put(`/user_management/organization_memberships/${id}`, { role_slug: 'member' });
    expect((await server.api.delete(one)).status).toBe(204);
  });

  test('one that a group gives is refused with role_has_group_role_mappings', async () => {
    const { organizationId, one } = await makeOwnRole();
    const provider = { source: 'directory', providerId: 'directory_01' } as const;
    const map = (mappings: { groupId: string; roleSlug: string }[]) =>
      inEnvironment(server, (tx) => setGroupMappings(tx, organizationId, provider, mappings));
    await map([{ groupId: 'payers', roleSlug: 'org-billing' }]);
    const { status, body } = await server.api.delete(one);
    expect([status, body.code]).toEqual([409, 'role_has_group_role_mappings']);
    await map([]);
    expect((await server.api.delete(one)).status).toBe(204);
  });

  test('the default of an organization is refused while there are others', async () => {
    const { organizationId, path, one } = await makeOwnRole();
    await server.api.post(path, { slug: 'org-other', name: 'Other' });
    const configuration = `/management/organizations/${organizationId}/role_configuration`;
    await server.api.patch(configuration, { default_role_slug: 'org-billing' });
    const { status, body } = await server.api.delete(one);
    expect([status, body.code]).toEqual([400, 'bad_request']);
    await server.api.patch(configuration, { default_role_slug: 'org-other' });
    expect((await server.api.delete(one)).status).toBe(204);
  });
});

test('roles of an organization go with it', async () => {
  const { organizationId, path } = await makeOwnRole();
  const mark = await lastEvent(server.api);
  await server.api.delete(`/organizations/${organizationId}`);
  expect((await server.api.get(path)).status).toBe(404);
  expect(await server.eventNames(mark)).toEqual(['organization_role.deleted', 'organization.deleted']);
  const rows = await server.database.many(sql`
    select 1 from role where organization_id = ${organizationId}
    union all select 1 from role_configuration where organization_id = ${organizationId}`);
  expect(rows).toEqual([]);
});

test('nothing is done without a key', async () => {
  const { path, one } = await makeOwnRole();
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.post(path, { name: 'Any' })).status).toBe(401);
  expect((await server.anonymous.delete(one)).status).toBe(401);
});
