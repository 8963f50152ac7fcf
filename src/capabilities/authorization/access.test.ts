import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { inEnvironment, makeMembership, makeOrganization, makeRole } from '../../../test/people.ts';
import { sql } from '../../platform/database/sql.ts';
import { defaultRole, findRole, resolveAccess } from './index.ts';

const server = useServer();

const accessOf = (membershipId: string) => inEnvironment(server, (tx) => resolveAccess(tx, { membershipId }));

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

test("a membership that was given none holds the default role, the organization's own before the environment's", async () => {
  const { id, organization_id: organizationId } = await makeMembership(server.api);
  await inEnvironment(server, async (tx) => {
    await tx.run(sql`delete from membership_role where membership_id = ${id}`);
  });
  expect(await accessOf(id)).toMatchObject({ role: 'member', roles: ['member'] });
  await makeRole(server, { slug: 'org-default', priority: 9, organizationId });
  await inEnvironment(server, async (tx) => {
    await tx.run(sql`update role set is_default = true where slug = 'org-default'`);
  });
  expect(await accessOf(id)).toMatchObject({ role: 'org-default' });
  expect(await inEnvironment(server, (tx) => defaultRole(tx, organizationId))).toMatchObject({
    slug: 'org-default',
  });
});

test('a role is found where it can be given, and nowhere else', async () => {
  const organizationId = await makeOrganization(server.api);
  const elsewhere = await makeOrganization(server.api);
  await makeRole(server, { slug: 'org-found', priority: 2, organizationId });
  const find = (slug: string, where: string) =>
    inEnvironment(server, (tx) => findRole(tx, { slug, organizationId: where }));
  expect(await find('member', organizationId)).toMatchObject({ slug: 'member' });
  expect(await find('org-found', organizationId)).toMatchObject({ slug: 'org-found' });
  expect(await find('org-found', elsewhere)).toBeNull();
  expect(await find('nothing', organizationId)).toBeNull();
});

test('no membership, no access', async () => {
  expect(await accessOf('om_01HZZZZZZZZZZZZZZZZZZZZZZZ')).toBeNull();
});
