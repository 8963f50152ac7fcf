import { beforeAll, expect, test } from 'vitest';
import { makeMembership, makeOrganization, makeRole, makeUser } from '../people.ts';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

beforeAll(() => makeRole(server, { slug: 'admin', priority: -1 }));

const fresh = async () => ({
  userId: await makeUser(server.api),
  organizationId: await makeOrganization(server.api),
});

test('a membership is created and read in the shape of the SDK', async () => {
  const input = await fresh();
  const created = await server.sdk.userManagement.createOrganizationMembership({
    ...input,
    roleSlug: 'admin',
  });
  expect(created).toEqual({
    object: 'organization_membership',
    id: expect.stringMatching(/^om_[0-9A-Z]{26}$/),
    ...input,
    organizationName: 'Foo Corp',
    status: 'active',
    role: { slug: 'admin' },
    roles: [{ slug: 'admin' }],
    customAttributes: {},
    directoryManaged: false,
    createdAt: expect.stringMatching(timestamp),
    updatedAt: created.createdAt,
  });
  expect(await server.sdk.userManagement.getOrganizationMembership(created.id)).toEqual(created);
});

test('roles are changed, one or several', async () => {
  const { id } = await makeMembership(server.api);
  const one = await server.sdk.userManagement.updateOrganizationMembership(id, { roleSlug: 'admin' });
  expect(one.role).toEqual({ slug: 'admin' });
  await server.api.patch('/management/settings', { roles: { multiple_roles_enabled: true } });
  const roleSlugs = ['member', 'admin'];
  const several = await server.sdk.userManagement.updateOrganizationMembership(id, { roleSlugs });
  expect(several).toMatchObject({ role: { slug: 'admin' }, roles: [{ slug: 'admin' }, { slug: 'member' }] });
});

test('a member is deactivated, listed by status, and reactivated', async () => {
  const { id, organization_id: organizationId } = await makeMembership(server.api);
  const { userManagement } = server.sdk;
  expect((await userManagement.deactivateOrganizationMembership(id)).status).toBe('inactive');
  const listIds = async (statuses?: ('active' | 'inactive' | 'pending')[]) => {
    const list = await userManagement.listOrganizationMemberships({
      organizationId,
      ...(statuses ? { statuses } : {}),
    });
    return list.data.map((membership) => membership.id);
  };
  expect(await listIds()).toEqual([]);
  expect(await listIds(['inactive', 'pending'])).toEqual([id]);
  expect((await userManagement.reactivateOrganizationMembership(id)).status).toBe('active');
  expect(await listIds()).toEqual([id]);
});

test('autoPagination returns each of 12 memberships of a user once', async () => {
  const userId = await makeUser(server.api);
  const ids: string[] = [];
  for (let index = 0; index < 12; index += 1) {
    ids.push((await makeMembership(server.api, { user_id: userId })).id);
  }
  const first = await server.sdk.userManagement.listOrganizationMemberships({ userId });
  expect(first.data).toHaveLength(10);
  const all = await first.autoPagination();
  expect(all.map(({ id }) => id)).toEqual(ids.toReversed());
});

test('a deleted membership is gone', async () => {
  const { id } = await makeMembership(server.api);
  expect(await server.sdk.userManagement.deleteOrganizationMembership(id)).toBeUndefined();
  await expect(server.sdk.userManagement.getOrganizationMembership(id)).rejects.toMatchObject({
    status: 404,
  });
});

test('refusals arrive as the errors of the SDK', async () => {
  const { user_id: userId, organization_id: organizationId } = await makeMembership(server.api);
  const { userManagement } = server.sdk;
  await expect(userManagement.createOrganizationMembership({ userId, organizationId })).rejects.toMatchObject(
    {
      name: 'UnprocessableEntityException',
      code: 'organization_membership_already_exists',
    },
  );
  const unknownRole = userManagement.createOrganizationMembership({
    ...(await fresh()),
    roleSlug: 'emperor',
  });
  await expect(unknownRole).rejects.toMatchObject({ status: 422, code: 'invalid_role' });
  // This generation's types demand one of the two; the wire does not.
  const nobody = {} as Parameters<typeof userManagement.listOrganizationMemberships>[0];
  await expect(userManagement.listOrganizationMemberships(nobody)).rejects.toMatchObject({ status: 400 });
});

expectCoverage(import.meta.url, server);
