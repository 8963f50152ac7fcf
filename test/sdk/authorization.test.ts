import { expect, test } from 'vitest';
import { makeMembership, makeOrganization } from '../people.ts';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('a permission is created, read, changed and deleted', async () => {
  const { authorization } = server.sdk;
  const created = await authorization.createPermission({
    slug: 'posts:read',
    name: 'Read posts',
    description: 'Every post',
  });
  expect(created).toEqual({
    object: 'permission',
    id: expect.stringMatching(/^perm_[0-9A-Z]{26}$/),
    slug: 'posts:read',
    name: 'Read posts',
    description: 'Every post',
    resourceTypeSlug: 'organization',
    system: false,
    createdAt: expect.stringMatching(timestamp),
    updatedAt: created.createdAt,
  });
  expect(await authorization.getPermission('posts:read')).toEqual(created);
  const changed = await authorization.updatePermission('posts:read', { name: 'Read', description: null });
  expect(changed).toMatchObject({ slug: 'posts:read', name: 'Read', description: null });
  const first = await authorization.listPermissions({ limit: 1 });
  expect(first.data).toEqual([changed]);
  const second = await authorization.listPermissions({ limit: 100, after: first.listMetadata.after ?? '' });
  expect(second.data).toHaveLength(7);
  expect(second.data.every(({ system }) => system)).toBe(true);
  expect(await authorization.deletePermission('posts:read')).toBeUndefined();
  await expect(authorization.getPermission('posts:read')).rejects.toMatchObject({ status: 404 });
});

test('a role of the environment is created, read, changed and given permissions', async () => {
  const { authorization } = server.sdk;
  for (const slug of ['bills:read', 'bills:pay']) await authorization.createPermission({ slug, name: slug });
  const created = await authorization.createEnvironmentRole({ slug: 'payer', name: 'Payer' });
  expect(created).toEqual({
    object: 'role',
    id: expect.stringMatching(/^role_[0-9A-Z]{26}$/),
    slug: 'payer',
    name: 'Payer',
    description: null,
    permissions: [],
    resourceTypeSlug: 'organization',
    type: 'EnvironmentRole',
    createdAt: expect.stringMatching(timestamp),
    updatedAt: created.createdAt,
  });
  expect(await authorization.getEnvironmentRole('payer')).toEqual(created);
  const changed = await authorization.updateEnvironmentRole('payer', { description: 'Pays' });
  expect(changed).toMatchObject({ name: 'Payer', description: 'Pays' });
  const set = await authorization.setEnvironmentRolePermissions('payer', { permissions: ['bills:read'] });
  expect(set.permissions).toEqual(['bills:read']);
  const added = await authorization.addEnvironmentRolePermission('payer', { permissionSlug: 'bills:pay' });
  expect(added.permissions).toEqual(['bills:pay', 'bills:read']);
  const { data } = await authorization.listEnvironmentRoles();
  expect(data.map(({ slug }) => slug)).toEqual(['member', 'payer']);
  expect(data[1]).toEqual(added);
});

test('a role of an organization is created, read, changed, given permissions and deleted', async () => {
  const { authorization, organizations } = server.sdk;
  const organizationId = await makeOrganization(server.api);
  for (const slug of ['docs:read', 'docs:sign']) await authorization.createPermission({ slug, name: slug });
  const created = await authorization.createOrganizationRole(organizationId, {
    slug: 'org-signer',
    name: 'Signer',
  });
  expect(created).toMatchObject({ object: 'role', slug: 'org-signer', type: 'OrganizationRole' });
  expect(await authorization.getOrganizationRole(organizationId, 'org-signer')).toEqual(created);
  const changed = await authorization.updateOrganizationRole(organizationId, 'org-signer', { name: 'Sign' });
  expect(changed.name).toBe('Sign');
  const set = await authorization.setOrganizationRolePermissions(organizationId, 'org-signer', {
    permissions: ['docs:read'],
  });
  expect(set.permissions).toEqual(['docs:read']);
  const added = await authorization.addOrganizationRolePermission(organizationId, 'org-signer', {
    permissionSlug: 'docs:sign',
  });
  expect(added.permissions).toEqual(['docs:read', 'docs:sign']);
  await authorization.removeOrganizationRolePermission(organizationId, 'org-signer', {
    permissionSlug: 'docs:read',
  });
  const { data } = await authorization.listOrganizationRoles(organizationId);
  expect(data.at(-1)).toMatchObject({ slug: 'org-signer', permissions: ['docs:sign'] });
  // The older call, on the older path.
  const older = await organizations.listOrganizationRoles({ organizationId });
  expect(older.data).toEqual(data);
  expect(await authorization.deleteOrganizationRole(organizationId, 'org-signer')).toBeUndefined();
  await expect(authorization.getOrganizationRole(organizationId, 'org-signer')).rejects.toMatchObject({
    status: 404,
  });
});

test('events arrive in the shape of the SDK', async () => {
  const { authorization } = server.sdk;
  const organizationId = await makeOrganization(server.api);
  await authorization.createOrganizationRole(organizationId, { slug: 'org-told', name: 'Told' });
  await authorization.createEnvironmentRole({ slug: 'told', name: 'Told' });
  await authorization.createPermission({ slug: 'told', name: 'Told' });
  const { data } = await server.sdk.events.listEvents({
    events: ['organization_role.created', 'role.created', 'permission.created'],
    limit: 100,
  });
  expect(data.slice(-3)).toMatchObject([
    {
      event: 'organization_role.created',
      data: { object: 'organization_role', organizationId, slug: 'org-told' },
    },
    { event: 'role.created', data: { object: 'role', slug: 'told' } },
    { event: 'permission.created', data: { object: 'permission', slug: 'told', system: false } },
  ]);
});

test('refusals arrive as the errors of the SDK', async () => {
  const { authorization } = server.sdk;
  const { organization_id: organizationId } = await makeMembership(server.api);
  await authorization.createEnvironmentRole({ slug: 'taken', name: 'Taken' });
  await expect(authorization.createEnvironmentRole({ slug: 'taken', name: 'Taken' })).rejects.toMatchObject({
    name: 'ConflictException',
    status: 409,
  });
  await authorization.createOrganizationRole(organizationId, { slug: 'org-held', name: 'Held' });
  await makeMembership(server.api, { organization_id: organizationId, role_slug: 'org-held' });
  await expect(authorization.deleteOrganizationRole(organizationId, 'org-held')).rejects.toMatchObject({
    name: 'ConflictException',
    status: 409,
  });
  await expect(authorization.deletePermission('widgets:sso:manage')).rejects.toMatchObject({ status: 403 });
  await expect(
    authorization.createOrganizationRole(organizationId, { slug: 'held', name: 'Held' }),
  ).rejects.toMatchObject({ status: 422 });
});

expectCoverage(import.meta.url, server);
