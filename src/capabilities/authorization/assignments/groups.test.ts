import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, makeOrganization } from '../../../../test/people.ts';
import { type GroupMapping, type GroupProvider, listGroupMappings, setGroupMappings } from '../index.ts';

// What the groups give is in access/matrix.yaml; here is how they are mapped.
const server = useServer();
const directory: GroupProvider = { source: 'directory', providerId: 'directory_1' };
const connection: GroupProvider = { source: 'sso', providerId: 'conn_1' };

const set = (organizationId: string, provider: GroupProvider, mappings: GroupMapping[]) =>
  inEnvironment(server, (tx) => setGroupMappings(tx, organizationId, provider, mappings));
const list = (organizationId: string, provider: GroupProvider) =>
  inEnvironment(server, (tx) => listGroupMappings(tx, organizationId, provider));

test('mappings are replaced as a set, for each provider of an organization by itself', async () => {
  const [id, elsewhere] = [await makeOrganization(server.api), await makeOrganization(server.api)];
  await server.api.post('/authorization/roles', { slug: 'admin', name: 'Admin' });
  const admins = { groupId: 'admins', roleSlug: 'admin' };
  await set(id, directory, [admins, { groupId: 'staff', roleSlug: 'member' }, admins]);
  await set(id, connection, [admins]);
  expect(await list(id, directory)).toEqual([admins, { groupId: 'staff', roleSlug: 'member' }]);
  await set(id, directory, [{ groupId: 'staff', roleSlug: 'admin' }]);
  expect(await list(id, directory)).toEqual([{ groupId: 'staff', roleSlug: 'admin' }]);
  expect(await list(id, connection)).toEqual([admins]);
  expect(await list(elsewhere, directory)).toEqual([]);
  await set(id, connection, []);
  expect(await list(id, connection)).toEqual([]);
});

test('a role that the organization cannot give is refused, and nothing changes', async () => {
  const [id, elsewhere] = [await makeOrganization(server.api), await makeOrganization(server.api)];
  await server.api.post(`/authorization/organizations/${elsewhere}/roles`, { slug: 'org-theirs', name: 'A' });
  const staff = { groupId: 'staff', roleSlug: 'member' };
  await set(id, directory, [staff]);
  for (const roleSlug of ['unheard-of', 'org-theirs']) {
    await expect(set(id, directory, [{ groupId: 'a', roleSlug }])).rejects.toMatchObject({
      code: 'invalid_role',
    });
  }
  expect(await list(id, directory)).toEqual([staff]);
});
