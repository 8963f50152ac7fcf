import { beforeAll, beforeEach, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership, makeOrganization, makeRole } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/organization_memberships';
let id: string;
let mark: string;

beforeAll(async () => {
  await makeRole(server, { slug: 'admin', priority: -1 });
  await makeRole(server, { slug: 'billing', priority: 7 });
});

beforeEach(async () => {
  ({ id } = await makeMembership(server.api));
  mark = await lastEvent(server.api);
});

test('another role takes the place of the one before, and the event says which that was', async () => {
  const { status, body } = await server.api.put(`${path}/${id}`, { role_slug: 'admin' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ role: { slug: 'admin' }, roles: [{ slug: 'admin' }], status: 'active' });
  expect((await server.api.get(`${path}/${id}`)).body).toEqual(body);
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([
    {
      event: 'organization_membership.updated',
      data: { role: { slug: 'admin' } },
      context: { previous_attributes: { role: { slug: 'member' }, roles: [{ slug: 'member' }] } },
    },
  ]);
});

test.each([
  ['the role that is there', { role_slug: 'member' }],
  ['no role', {}],
])('%s changes nothing and tells nothing', async (_, input) => {
  const before = (await server.api.get(`${path}/${id}`)).body;
  expect((await server.api.put(`${path}/${id}`, input)).body).toEqual(before);
  expect(await server.eventNames(mark)).toEqual([]);
});

test('several roles follow their priority, and replace each other as a set', async () => {
  const { api, id: environmentId } = server;
  await api.patch('/management/settings', { roles: { multiple_roles_enabled: true } });
  const { body } = await api.put(`${path}/${id}`, { role_slugs: ['billing', 'member', 'admin'] });
  expect(body.roles).toEqual([{ slug: 'admin' }, { slug: 'member' }, { slug: 'billing' }]);
  const shuffled = await api.put(`${path}/${id}`, { role_slugs: ['member', 'admin', 'billing'] });
  expect(shuffled.body).toEqual(body);
  const fewer = await api.put(`${path}/${id}`, { role_slugs: ['billing', 'member'] });
  expect(fewer.body).toMatchObject({
    role: { slug: 'member' },
    roles: [{ slug: 'member' }, { slug: 'billing' }],
  });
  await api.patch('/management/settings', { roles: { multiple_roles_enabled: false } });
  expect(environmentId).not.toBe('');
});

test.each([
  ['an unknown role', { role_slug: 'emperor' }, 'invalid_role'],
  ['several where one is the rule', { role_slugs: ['admin', 'billing'] }, 'multiple_roles_not_enabled'],
  ['both spellings', { role_slug: 'admin', role_slugs: ['admin'] }, 'invalid_request_parameters'],
  ['an empty list', { role_slugs: [] }, 'invalid_request_parameters'],
])('%s: 422 %s, and the roles stay', async (_, input, code) => {
  const response = await server.api.put(`${path}/${id}`, input);
  expect([response.status, response.body.code]).toEqual([422, code]);
  expect((await server.api.get(`${path}/${id}`)).body.role).toEqual({ slug: 'member' });
  expect(await server.eventNames(mark)).toEqual([]);
});

test("another organization's role is invalid here", async () => {
  const organizationId = await makeOrganization(server.api);
  await makeRole(server, { slug: 'org-theirs', priority: 2, organizationId });
  const response = await server.api.put(`${path}/${id}`, { role_slug: 'org-theirs' });
  expect([response.status, response.body.code]).toEqual([422, 'invalid_role']);
});

test('parallel changes on two nodes leave one of the roles, whole, and tell of each change', async () => {
  const { api } = await server.startNode();
  await Promise.all([
    server.api.put(`${path}/${id}`, { role_slug: 'admin' }),
    api.put(`${path}/${id}`, { role_slug: 'billing' }),
  ]);
  const { body } = await server.api.get(`${path}/${id}`);
  expect(body.roles).toHaveLength(1);
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  const told = events.data.map(({ data }: { data: { role: { slug: string } } }) => data.role.slug);
  expect([...told].sort()).toEqual(['admin', 'billing']);
  expect(told.at(-1)).toBe(body.role.slug);
  expect(events.data[1].context.previous_attributes.role).toEqual({ slug: told[0] });
});

test('a role that is taken is gone from the very next answer of the other node', async () => {
  const { api } = await server.startNode();
  for (const role_slug of ['admin', 'member', 'billing', 'member']) {
    await server.api.put(`${path}/${id}`, { role_slug });
    expect((await api.get(`${path}/${id}`)).body.role).toEqual({ slug: role_slug });
  }
});

test("an unknown id and another environment's answer 404, no key 401, and nothing changes", async () => {
  const input = { role_slug: 'admin' };
  expect((await server.api.put(`${path}/om_01HZZZZZZZZZZZZZZZZZZZZZZZ`, input)).status).toBe(404);
  expect((await server.other.api.put(`${path}/${id}`, { role_slug: 'member' })).status).toBe(404);
  expect((await server.anonymous.put(`${path}/${id}`, input)).status).toBe(401);
  expect((await server.api.get(`${path}/${id}`)).body.role).toEqual({ slug: 'member' });
});
