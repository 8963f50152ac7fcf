import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { inEnvironment, makeMembership, makeOrganization, makeUser } from '../../../test/people.ts';
import { createMembership, findActiveMembership, listActiveMemberships } from './index.ts';

const server = useServer();
const path = '/user_management/organization_memberships';
let organization: string;
let user: string;
let ids: Record<'active' | 'second' | 'inactive' | 'pending' | 'elsewhere', string>;

beforeAll(async () => {
  organization = await makeOrganization(server.api, 'Listed');
  user = await makeUser(server.api);
  const inOrganization = { organization_id: organization };
  const active = (await makeMembership(server.api, { ...inOrganization, user_id: user })).id;
  const inactive = (await makeMembership(server.api, inOrganization)).id;
  await server.api.put(`${path}/${inactive}/deactivate`);
  const invited = { ...inOrganization, user_id: await makeUser(server.api) };
  const pending = (await inEnvironment(server, (tx) => createMembership(tx, invited, 'pending'))).id;
  const second = (await makeMembership(server.api, inOrganization)).id;
  const elsewhere = (await makeMembership(server.api, { user_id: user })).id;
  ids = { active, second, inactive, pending, elsewhere };
});

const listIds = async (query: string): Promise<string[]> => {
  const { status, body } = await server.api.get(`${path}?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data.map(({ id }: { id: string }) => id);
};

test('of an organization, of a user, and of both, the active ones by default, newest first', async () => {
  expect(await listIds(`organization_id=${organization}`)).toEqual([ids.second, ids.active]);
  expect(await listIds(`user_id=${user}`)).toEqual([ids.elsewhere, ids.active]);
  expect(await listIds(`user_id=${user}&organization_id=${organization}`)).toEqual([ids.active]);
});

test('an entry is what the membership answers by its id', async () => {
  const { body } = await server.api.get(`${path}?user_id=${user}&organization_id=${organization}`);
  expect(body.data).toEqual([(await server.api.get(`${path}/${ids.active}`)).body]);
});

test.each([
  'statuses=inactive,pending',
  'statuses=inactive&statuses=pending',
  'statuses[]=inactive&statuses[]=pending',
])('statuses are read as %s', async (statuses) => {
  expect(await listIds(`organization_id=${organization}&${statuses}`)).toEqual([ids.pending, ids.inactive]);
});

test('all statuses together are everybody, in pages that meet', async () => {
  const all = `organization_id=${organization}&statuses=active,inactive,pending`;
  const everybody = [ids.second, ids.pending, ids.inactive, ids.active];
  expect(await listIds(all)).toEqual(everybody);
  const first = (await server.api.get(`${path}?${all}&limit=3`)).body;
  expect(first.list_metadata).toEqual({ before: null, after: ids.inactive });
  const last = (await server.api.get(`${path}?${all}&limit=3&after=${ids.inactive}`)).body;
  expect(last.data.map(({ id }: { id: string }) => id)).toEqual([ids.active]);
  expect(last.list_metadata).toEqual({ before: ids.active, after: null });
  expect(await listIds(`${all}&order=asc`)).toEqual(everybody.toReversed());
});

test('neither user nor organization answers 400 missing_user_id_or_organization_id', async () => {
  const response = await server.api.get(path);
  expect([response.status, response.body.code]).toEqual([400, 'missing_user_id_or_organization_id']);
});

test.each(['statuses=gone', 'statuses=active,gone', 'limit=0', 'after=om_01HZZZZZZZZZZZZZZZZZZZZZZZ'])(
  '%s is refused with 422',
  async (query) => {
    expect((await server.api.get(`${path}?user_id=${user}&${query}`)).status).toBe(422);
  },
);

test('a user without memberships and an organization without members list nothing', async () => {
  expect(await listIds(`user_id=${await makeUser(server.api)}`)).toEqual([]);
  expect(await listIds(`organization_id=${await makeOrganization(server.api)}`)).toEqual([]);
});

test("another environment's ids answer 404 as unknown ones do, and its cursors are unknown", async () => {
  const foreignOrganization = await server.other.api.get(`${path}?organization_id=${organization}`);
  expect([foreignOrganization.status, foreignOrganization.body.entity_id]).toEqual([404, organization]);
  expect((await server.other.api.get(`${path}?user_id=${user}`)).status).toBe(404);
  expect((await server.api.get(`${path}?user_id=user_01HZZZZZZZZZZZZZZZZZZZZZZZ`)).status).toBe(404);
  const foreign = await server.other.api.get(`${path}?user_id=${user}&after=${ids.active}`);
  expect(foreign.status).toBe(422);
});

test('without a key nothing is listed', async () => {
  expect((await server.anonymous.get(`${path}?user_id=${user}`)).status).toBe(401);
});

describe('what sign-in asks', () => {
  test('are the active memberships of a user, oldest first', async () => {
    const found = await inEnvironment(server, (tx) => listActiveMemberships(tx, user));
    expect(found).toEqual([
      { id: ids.active, organization_id: organization, organization_name: 'Listed' },
      expect.objectContaining({ id: ids.elsewhere, organization_name: 'Foo Corp' }),
    ]);
  });

  test('is one of them with what it may do; none that is inactive, pending or of a deleted organization', async () => {
    const find = (userId: string, organizationId: string) =>
      inEnvironment(server, (tx) => findActiveMembership(tx, userId, organizationId));
    expect(await find(user, organization)).toEqual({
      id: ids.active,
      organization_id: organization,
      organization_name: 'Listed',
      access: { role: 'member', roles: ['member'], permissions: [] },
    });
    for (const id of [ids.inactive, ids.pending]) {
      const { body } = await server.api.get(`${path}/${id}`);
      expect(await find(body.user_id, organization)).toBeNull();
      expect(await inEnvironment(server, (tx) => listActiveMemberships(tx, body.user_id))).toEqual([]);
    }
    const gone = await makeMembership(server.api);
    await server.api.delete(`/organizations/${gone.organization_id}`);
    expect(await find(gone.user_id, gone.organization_id)).toBeNull();
  });
});
