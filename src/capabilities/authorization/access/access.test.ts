import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, makeMembership, makeOrganization, makeRole } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';
import { resolveAccess } from '../index.ts';

const server = useServer();

const accessOf = (membershipId: string) => inEnvironment(server, (tx) => resolveAccess(tx, { membershipId }));
const explain = (id: string) => server.api.get(`/management/organization_memberships/${id}/access`);

test('a new environment has its default role, also one that a seed makes', async () => {
  const roles = await server.database.many<{ slug: string; is_default: boolean }>(
    sql`select slug, is_default from role where environment_id in (${server.id}, ${server.other.id})`,
  );
  const member = { slug: 'member', is_default: true };
  expect(roles).toEqual([member, member]);
});

test('a membership holds the roles that it was given, the first of them leading', async () => {
  await makeRole(server, { slug: 'admin', priority: -1 });
  const { id } = await makeMembership(server.api, { role_slug: 'admin' });
  expect(await accessOf(id)).toEqual({ role: 'admin', roles: ['admin'], permissions: [] });
});

test("a membership without any role has the default one: the organization's own before the environment's", async () => {
  const { id, organization_id: organizationId } = await makeMembership(server.api);
  await inEnvironment(server, async (tx) => {
    await tx.run(sql`delete from membership_role where membership_id = ${id}`);
  });
  expect(await accessOf(id)).toMatchObject({ role: 'member', roles: ['member'] });
  const path = `/authorization/organizations/${organizationId}/roles`;
  await server.api.post(path, { slug: 'org-default', name: 'Default' });
  await server.api.patch(`/management/organizations/${organizationId}/role_configuration`, {
    default_role_slug: 'org-default',
  });
  expect(await accessOf(id)).toMatchObject({ role: 'org-default' });
  expect((await explain(id)).body.roles).toEqual([
    { slug: 'org-default', name: 'Default', type: 'OrganizationRole', sources: ['default'] },
  ]);
});

test('no membership, no access', async () => {
  expect(await accessOf('om_01HZZZZZZZZZZZZZZZZZZZZZZZ')).toBeNull();
});

test('access is explained: whose word each role is, and which of them grants what', async () => {
  const { api } = await server.addEnvironment('sandbox');
  for (const slug of ['posts:read', 'posts:write', 'bills:read']) {
    await api.post('/authorization/permissions', { slug, name: slug });
  }
  for (const slug of ['editor', 'auditor']) await api.post('/authorization/roles', { slug, name: slug });
  await api.put('/authorization/roles/editor/permissions', { permissions: ['posts:write', 'posts:read'] });
  await api.put('/authorization/roles/auditor/permissions', { permissions: ['posts:read', 'bills:read'] });
  await api.patch('/management/settings', { roles: { multiple_roles_enabled: true } });
  const membership = await makeMembership(api, { role_slugs: ['auditor', 'editor'] });
  const { status, body } = await api.get(`/management/organization_memberships/${membership.id}/access`);
  expect(status).toBe(200);
  const role = (slug: string) => ({ slug, name: slug, type: 'EnvironmentRole', sources: ['direct'] });
  expect(body).toEqual({
    object: 'access',
    organization_membership_id: membership.id,
    organization_id: membership.organization_id,
    roles: [role('editor'), role('auditor')],
    permissions: [
      { slug: 'bills:read', roles: ['auditor'] },
      { slug: 'posts:read', roles: ['editor', 'auditor'] },
      { slug: 'posts:write', roles: ['editor'] },
    ],
  });
});

test('a role that nobody named is explained as the default one', async () => {
  const { id } = await makeMembership(server.api);
  expect((await explain(id)).body.roles).toEqual([
    { slug: 'member', name: 'Member', type: 'EnvironmentRole', sources: ['default'] },
  ]);
});

test('access of nobody, and of a deleted organization, is not explained', async () => {
  const { id } = await makeMembership(server.api);
  const organizationId = await makeOrganization(server.api);
  expect((await explain('om_01HZZZZZZZZZZZZZZZZZZZZZZZ')).status).toBe(404);
  expect((await explain(organizationId)).status).toBe(404);
  const path = `/management/organization_memberships/${id}/access`;
  expect((await server.other.api.get(path)).status).toBe(404);
  expect((await server.anonymous.get(path)).status).toBe(401);
});
