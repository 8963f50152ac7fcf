import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeOrganization, makeRole, makeUser } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/organization_memberships';
let user_id: string;
let organization_id: string;

beforeAll(async () => {
  await makeRole(server, { slug: 'admin', priority: -1 });
  await makeRole(server, { slug: 'billing', priority: 7 });
  user_id = await makeUser(server.api, { first_name: 'Ann', last_name: 'Example' });
  organization_id = await makeOrganization(server.api);
});

const fresh = async () => ({
  user_id: await makeUser(server.api),
  organization_id: await makeOrganization(server.api),
});

test('a user and an organization make an active member of the default role, with its event', async () => {
  const input = await fresh();
  const mark = await lastEvent(server.api);
  const { status, body } = await server.api.post(path, input);
  expect(status).toBe(201);
  const user = (await server.api.get(`/user_management/users/${input.user_id}`)).body;
  expect(body).toEqual({
    object: 'organization_membership',
    id: expect.stringMatching(/^om_[0-9A-HJKMNP-TV-Z]{26}$/),
    ...input,
    organization_name: 'Foo Corp',
    status: 'active',
    role: { slug: 'member' },
    roles: [{ slug: 'member' }],
    custom_attributes: {},
    directory_managed: false,
    user,
    created_at: expect.any(String),
    updated_at: body.created_at,
  });
  const { user: _, organization_name: __, ...record } = body;
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([{ event: 'organization_membership.created', data: record }]);
  expect(events.data[0].data).toEqual(record);
});

test('a role that is named is given, alone or as a list of one', async () => {
  const one = await server.api.post(path, { ...(await fresh()), role_slug: 'admin' });
  expect(one.body).toMatchObject({ role: { slug: 'admin' }, roles: [{ slug: 'admin' }] });
  const listed = await server.api.post(path, { ...(await fresh()), role_slugs: ['billing', 'billing'] });
  expect(listed.body).toMatchObject({ role: { slug: 'billing' }, roles: [{ slug: 'billing' }] });
});

describe('several roles', () => {
  test('are refused while the environment gives one', async () => {
    const response = await server.api.post(path, {
      ...(await fresh()),
      role_slugs: ['billing', 'admin'],
    });
    expect([response.status, response.body.code]).toEqual([422, 'multiple_roles_not_enabled']);
  });

  test('are given once it gives several, the one of highest priority first', async () => {
    const settings = '/management/settings';
    await server.api.patch(settings, { roles: { multiple_roles_enabled: true } });
    const { body } = await server.api.post(path, { ...(await fresh()), role_slugs: ['billing', 'admin'] });
    expect(body).toMatchObject({ role: { slug: 'admin' }, roles: [{ slug: 'admin' }, { slug: 'billing' }] });
    await server.api.patch(settings, { roles: { multiple_roles_enabled: false } });
  });
});

test("an organization's own role is given there and nowhere else", async () => {
  const input = await fresh();
  await makeRole(server, { slug: 'org-auditor', priority: 3, organizationId: input.organization_id });
  const elsewhere = await server.api.post(path, { ...(await fresh()), role_slug: 'org-auditor' });
  expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'invalid_role']);
  const { body } = await server.api.post(path, { ...input, role_slug: 'org-auditor' });
  expect(body.role).toEqual({ slug: 'org-auditor' });
});

test.each([
  ['no user', { user_id: undefined }],
  ['a user that is no text', { user_id: 7 }],
  ['no organization', { organization_id: undefined }],
  ['both spellings of roles', { role_slug: 'member', role_slugs: ['member'] }],
  ['no role in the list', { role_slugs: [] }],
  ['a role that is no text', { role_slug: ['member'] }],
  ['an empty role', { role_slug: '' }],
])('%s is refused with 422 invalid_request_parameters', async (_, wrong) => {
  const response = await server.api.post(path, { user_id, organization_id, ...wrong });
  expect([response.status, response.body.code]).toEqual([422, 'invalid_request_parameters']);
  expect(response.body.errors[0].field).toMatch(Object.keys(wrong).at(-1) ?? '');
});

test('an unknown role answers 422 invalid_role and makes nobody a member', async () => {
  const response = await server.api.post(path, { user_id, organization_id, role_slug: 'emperor' });
  expect([response.status, response.body.code]).toEqual([422, 'invalid_role']);
  expect(response.body.role_slug).toBe('emperor');
  const { body } = await server.api.get(`${path}?user_id=${user_id}&organization_id=${organization_id}`);
  expect(body.data).toEqual([]);
});

test('an unknown user or organization answers 404 that names it', async () => {
  const nobody = 'user_01HZZZZZZZZZZZZZZZZZZZZZZZ';
  const nowhere = 'org_01HZZZZZZZZZZZZZZZZZZZZZZZ';
  const first = await server.api.post(path, { user_id: nobody, organization_id });
  expect([first.status, first.body.message]).toEqual([404, `User not found: '${nobody}'.`]);
  const second = await server.api.post(path, { user_id, organization_id: nowhere });
  expect([second.status, second.body.message]).toEqual([404, `Organization not found: '${nowhere}'.`]);
});

test("another environment's user, organization and roles are not there", async () => {
  const theirs = {
    user_id: await makeUser(server.other.api),
    organization_id: await makeOrganization(server.other.api),
  };
  const asked = [
    { user_id: theirs.user_id, organization_id },
    { user_id, organization_id: theirs.organization_id },
    theirs,
  ];
  for (const input of asked) expect((await server.api.post(path, input)).status).toBe(404);
  const response = await server.other.api.post(path, { ...theirs, role_slug: 'admin' });
  expect([response.status, response.body.code]).toEqual([422, 'invalid_role']);
});

test('without a key nobody becomes a member', async () => {
  expect((await server.anonymous.post(path, { user_id, organization_id })).status).toBe(401);
});

describe('two nodes', () => {
  test('make one member of two parallel creations; the other is told so', async () => {
    const { api } = await server.startNode();
    for (let round = 0; round < 10; round += 1) {
      const input = await fresh();
      const mark = await lastEvent(server.api);
      const answers = await Promise.all(
        [server.api, api, server.api, api].map((node) => node.post(path, input)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
      const refused = answers.filter(({ status }) => status === 422).map(({ body }) => body.code);
      expect(new Set(refused)).toEqual(new Set(['organization_membership_already_exists']));
      expect(await server.eventNames(mark)).toEqual(['organization_membership.created']);
    }
  });

  test('never leave a membership of an organization or user that is deleted meanwhile', async () => {
    const { api } = await server.startNode();
    for (let round = 0; round < 10; round += 1) {
      const input = await fresh();
      const mark = await lastEvent(server.api);
      const gone =
        round % 2 ? `/organizations/${input.organization_id}` : `/user_management/users/${input.user_id}`;
      const [made, deleted] = await Promise.all([server.api.post(path, input), api.delete(gone)]);
      expect([200, 202]).toContain(deleted.status);
      expect([201, 404]).toContain(made.status);
      const names = await server.eventNames(mark);
      const counts = ['created', 'deleted'].map(
        (verb) => names.filter((name) => name === `organization_membership.${verb}`).length,
      );
      expect(counts).toEqual(made.status === 201 ? [1, 1] : [0, 0]);
    }
  });
});
