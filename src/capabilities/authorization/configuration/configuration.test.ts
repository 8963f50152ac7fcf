import { describe, expect, test } from 'vitest';
import type { TestClient } from '../../../../test/client.ts';
import { useServer } from '../../../../test/harness.ts';
import { makeMembership, makeOrganization } from '../../../../test/people.ts';

const server = useServer();
const path = '/management/role_configuration';
const ofOrganization = (id: string) => `/management/organizations/${id}/role_configuration`;
const rolesOf = (id: string) => `/authorization/organizations/${id}/roles`;

/** A new environment with the roles member, editor and owner, in that order. */
async function makeEnvironment(): Promise<TestClient> {
  const { api } = await server.addEnvironment('sandbox');
  for (const slug of ['editor', 'owner']) await api.post('/authorization/roles', { slug, name: slug });
  return api;
}

const slugsOf = async (api: TestClient, list: string): Promise<string[]> =>
  (await api.get(list)).body.data.map(({ slug }: { slug: string }) => slug);

describe('the environment', () => {
  test('has its order and default changed, together or alone', async () => {
    const api = await makeEnvironment();
    expect((await api.get(path)).body).toEqual({
      object: 'role_configuration',
      organization_id: null,
      inherited: false,
      default_role_slug: 'member',
      role_slugs: ['member', 'editor', 'owner'],
    });
    const order = ['owner', 'editor', 'member'];
    const { status, body } = await api.patch(path, { role_slugs: order });
    expect(status).toBe(200);
    expect(body).toMatchObject({ default_role_slug: 'member', role_slugs: order });
    expect(await slugsOf(api, '/authorization/roles')).toEqual(order);
    expect((await api.patch(path, { default_role_slug: 'editor' })).body).toMatchObject({
      default_role_slug: 'editor',
      role_slugs: order,
    });
    expect((await api.patch(path, { default_role_slug: 'editor' })).status).toBe(200);
    expect((await api.patch(path, {})).body.default_role_slug).toBe('editor');
    await api.post('/authorization/roles', { slug: 'newest', name: 'Newest' });
    expect(await slugsOf(api, '/authorization/roles')).toEqual([...order, 'newest']);
  });

  test('gives its default to whoever joins from then on; who was there before keeps what they have', async () => {
    const api = await makeEnvironment();
    const before = await makeMembership(api);
    await api.patch(path, { default_role_slug: 'owner' });
    const roleOf = async ({ id }: { id: string }) =>
      (await api.get(`/user_management/organization_memberships/${id}`)).body.role.slug;
    expect(await roleOf(before)).toBe('member');
    expect(await roleOf(await makeMembership(api))).toBe('owner');
  });

  test.each([
    ['an unknown default', { default_role_slug: 'emperor' }, 'default_role_slug'],
    ['an order that forgets a role', { role_slugs: ['owner', 'editor'] }, 'role_slugs'],
    ['an order with an unknown role', { role_slugs: ['owner', 'editor', 'emperor'] }, 'role_slugs'],
    ['an order that names one twice', { role_slugs: ['owner', 'editor', 'editor'] }, 'role_slugs'],
    [
      'an order that names one twice beside all',
      { role_slugs: ['owner', 'editor', 'member', 'owner'] },
      'role_slugs',
    ],
    ['an order of something else', { role_slugs: 'owner' }, 'role_slugs'],
  ])('refuses %s with 422, and nothing changes', async (_, input, field) => {
    const api = await makeEnvironment();
    const { body: before } = await api.get(path);
    const { status, body } = await api.patch(path, { default_role_slug: 'owner', ...input });
    expect([status, body.code, body.errors[0].field]).toEqual([422, 'validation_failed', field]);
    expect((await api.get(path)).body).toEqual(before);
  });

  test('is not reached without a key, nor by the key of another', async () => {
    const api = await makeEnvironment();
    await server.other.api.patch(path, { default_role_slug: 'member' });
    expect((await api.get(path)).body.role_slugs).toEqual(['member', 'editor', 'owner']);
    expect((await server.anonymous.get(path)).status).toBe(401);
    expect((await server.anonymous.patch(path, {})).status).toBe(401);
  });
});

describe('an organization', () => {
  test('follows the environment until its first role of its own', async () => {
    const api = await makeEnvironment();
    const id = await makeOrganization(api);
    await api.patch(path, { default_role_slug: 'editor', role_slugs: ['owner', 'editor', 'member'] });
    expect((await api.get(ofOrganization(id))).body).toEqual({
      object: 'role_configuration',
      organization_id: id,
      inherited: true,
      default_role_slug: 'editor',
      role_slugs: ['owner', 'editor', 'member'],
    });
    const { status, body } = await api.patch(ofOrganization(id), { default_role_slug: 'member' });
    expect([status, body.code]).toEqual([409, 'role_configuration_inherited']);
  });

  test('has a default and an order of its own from then on, whatever becomes of the environment’s', async () => {
    const api = await makeEnvironment();
    const id = await makeOrganization(api);
    await api.post(rolesOf(id), { slug: 'org-own', name: 'Own' });
    expect((await api.get(ofOrganization(id))).body).toMatchObject({
      inherited: false,
      default_role_slug: 'member',
      role_slugs: ['member', 'editor', 'owner', 'org-own'],
    });
    await api.patch(path, { default_role_slug: 'owner', role_slugs: ['owner', 'editor', 'member'] });
    expect((await api.get(ofOrganization(id))).body).toMatchObject({
      default_role_slug: 'member',
      role_slugs: ['member', 'editor', 'owner', 'org-own'],
    });
    expect((await makeMembershipRole(api, id)).slug).toBe('member');
    const order = ['org-own', 'owner', 'member', 'editor'];
    const changed = await api.patch(ofOrganization(id), { default_role_slug: 'org-own', role_slugs: order });
    expect(changed.body).toMatchObject({ default_role_slug: 'org-own', role_slugs: order });
    expect(await slugsOf(api, rolesOf(id))).toEqual(order);
    expect(await slugsOf(api, `/organizations/${id}/roles`)).toEqual(order);
    expect((await makeMembershipRole(api, id)).slug).toBe('org-own');
    expect((await makeMembershipRole(api, await makeOrganization(api))).slug).toBe('owner');
  });

  test('has later roles at the bottom of its order, the environment’s and its own as they come', async () => {
    const api = await makeEnvironment();
    const id = await makeOrganization(api);
    await api.post(rolesOf(id), { slug: 'org-first', name: 'First' });
    await api.patch(ofOrganization(id), { role_slugs: ['org-first', 'owner', 'editor', 'member'] });
    for (const slug of ['later', 'latest']) {
      await api.post('/authorization/roles', { slug, name: slug });
      await api.post(rolesOf(id), { slug: `org-${slug}`, name: slug });
    }
    await api.patch(path, { role_slugs: ['latest', 'later', 'member', 'editor', 'owner'] });
    expect(await slugsOf(api, rolesOf(id))).toEqual([
      'org-first',
      'owner',
      'editor',
      'member',
      'later',
      'org-later',
      'latest',
      'org-latest',
    ]);
  });

  test('follows the environment again when its last role of its own goes', async () => {
    const api = await makeEnvironment();
    const id = await makeOrganization(api);
    await api.post(rolesOf(id), { slug: 'org-own', name: 'Own' });
    await api.patch(ofOrganization(id), { default_role_slug: 'org-own' });
    await api.patch(path, { default_role_slug: 'owner' });
    expect((await api.delete(`${rolesOf(id)}/org-own`)).status).toBe(204);
    expect((await api.get(ofOrganization(id))).body).toMatchObject({
      inherited: true,
      default_role_slug: 'owner',
    });
  });

  test('refuses roles of other organizations, and what is unknown', async () => {
    const api = await makeEnvironment();
    const [id, elsewhere] = [await makeOrganization(api), await makeOrganization(api)];
    await api.post(rolesOf(id), { slug: 'org-own', name: 'Own' });
    await api.post(rolesOf(elsewhere), { slug: 'org-theirs', name: 'Theirs' });
    const change = (input: object) => api.patch(ofOrganization(id), input);
    expect((await change({ default_role_slug: 'org-theirs' })).status).toBe(422);
    expect((await change({ role_slugs: ['member', 'editor', 'owner', 'org-theirs'] })).status).toBe(422);
    expect((await change({ role_slugs: ['member', 'editor', 'owner'] })).status).toBe(422);
    const unknown = ofOrganization('org_01HZZZZZZZZZZZZZZZZZZZZZZZ');
    expect((await api.get(unknown)).status).toBe(404);
    expect((await api.patch(unknown, { default_role_slug: 'member' })).status).toBe(404);
    expect((await server.api.get(ofOrganization(id))).status).toBe(404);
    expect((await server.anonymous.patch(ofOrganization(id), {})).status).toBe(401);
  });
});

async function makeMembershipRole(api: TestClient, organizationId: string): Promise<{ slug: string }> {
  const { id } = await makeMembership(api, { organization_id: organizationId });
  return (await api.get(`/user_management/organization_memberships/${id}`)).body.role;
}
