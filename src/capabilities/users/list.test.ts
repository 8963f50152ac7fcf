import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makeMembership, makeOrganization, makeUser } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/users';
let ids: string[];
let organizationId: string;

beforeAll(async () => {
  ids = [];
  for (const name of ['ann', 'Ben', 'cleo', 'dan', 'eve']) {
    ids.push(await makeUser(server.api, { email: `${name}@list.example` }));
  }
  organizationId = await makeOrganization(server.api);
  for (const user_id of [ids[3], ids[1], ids[4]]) {
    await makeMembership(server.api, { user_id: user_id ?? '', organization_id: organizationId });
  }
});

const listIds = async (query: string): Promise<string[]> =>
  (await server.api.get(`${path}?${query}`)).body.data.map(({ id }: { id: string }) => id);

test('newest first is the default, and pages forward and back meet', async () => {
  expect(await listIds('')).toEqual(ids.toReversed());
  const first = (await server.api.get(`${path}?limit=2`)).body;
  expect(first.list_metadata).toEqual({ before: null, after: ids[3] });
  const second = (await server.api.get(`${path}?limit=2&after=${ids[3]}`)).body;
  expect(second.list_metadata).toEqual({ before: ids[2], after: ids[1] });
  const back = (await server.api.get(`${path}?limit=2&before=${ids[2]}`)).body;
  expect(back.data).toEqual(first.data);
  expect(await listIds('order=asc&limit=2')).toEqual([ids[0], ids[1]]);
  expect(await listIds(`order=normal&limit=2&before=${ids[2]}`)).toEqual([ids[1], ids[0]]);
});

test('an address finds its user, whatever the case; another finds nobody', async () => {
  expect(await listIds('email=BEN@LIST.example')).toEqual([ids[1]]);
  expect(await listIds('email=be@list.example')).toEqual([]);
  expect(await listIds('email=%25')).toEqual([]);
  expect(await listIds('email=not+an+address')).toEqual([]);
});

test('of an organization its members are listed, in pages, by either spelling', async () => {
  const members = [ids[4], ids[3], ids[1]];
  expect(await listIds(`organization_id=${organizationId}`)).toEqual(members);
  expect(await listIds(`organization=${organizationId}`)).toEqual(members);
  expect(await listIds(`organization_id=${organizationId}&order=asc`)).toEqual(members.toReversed());
  const page = await server.api.get(`${path}?organization_id=${organizationId}&limit=2`);
  expect(page.body.list_metadata).toEqual({ before: null, after: ids[3] });
  expect(await listIds(`organization_id=${organizationId}&after=${ids[3]}`)).toEqual([ids[1]]);
  expect(await listIds(`organization_id=${organizationId}&before=${ids[1]}&limit=1`)).toEqual([ids[3]]);
});

test('of an organization, an address finds its member and nobody else', async () => {
  expect(await listIds(`organization_id=${organizationId}&email=ben@list.example`)).toEqual([ids[1]]);
  expect(await listIds(`organization_id=${organizationId}&email=ben@list.example&limit=1`)).toEqual([ids[1]]);
  expect(await listIds(`organization_id=${organizationId}&email=ann@list.example`)).toEqual([]);
});

test('an organization that is gone, or of another environment, has no members', async () => {
  const gone = await makeOrganization(server.api);
  await makeMembership(server.api, { user_id: ids[0] ?? '', organization_id: gone });
  expect(await listIds(`organization_id=${gone}`)).toEqual([ids[0]]);
  await server.api.delete(`/organizations/${gone}`);
  expect(await listIds(`organization_id=${gone}`)).toEqual([]);
  expect(await listIds(`organization_id=${await makeOrganization(server.other.api)}`)).toEqual([]);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['order=up', 'order'],
  ['after=user_01HZZZZZZZZZZZZZZZZZZZZZZZ', 'after'],
  ['before=nonsense', 'before'],
  [`email=${'a'.repeat(321)}`, 'email'],
  ['email=a@example.com&email=b@example.com', 'email'],
])('%s is refused with 422 that names %s', async (query, field) => {
  const response = await server.api.get(`${path}?${query}`);
  expect(response.status).toBe(422);
  expect(response.body.errors[0].field).toBe(field);
});

test('another environment sees none of them, and cannot use their ids as cursors', async () => {
  expect((await server.other.api.get(path)).body.data).toEqual([]);
  expect((await server.other.api.get(`${path}?email=ann@list.example`)).body.data).toEqual([]);
  expect((await server.other.api.get(`${path}?organization_id=${organizationId}`)).body.data).toEqual([]);
  expect((await server.other.api.get(`${path}?after=${ids[0]}`)).status).toBe(422);
});

test('without a key nobody is listed', async () => {
  expect((await server.anonymous.get(path)).status).toBe(401);
});
