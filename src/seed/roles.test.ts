import { beforeAll, expect, test } from 'vitest';
import { type TestClient, createClient } from '../../test/client.ts';
import { useServer } from '../../test/harness.ts';
import { lastEvent } from '../../test/people.ts';
import { defaultApiKey } from '../app.ts';
import { applySeedFile } from './apply.ts';
import { seedDefaults } from './index.ts';
import { parseSeed } from './read.ts';

const server = useServer();
let api: TestClient;

beforeAll(async () => {
  await seedDefaults(server);
  api = createClient(server.url, defaultApiKey, server.settle);
});

const apply = (text: string) => applySeedFile(server, parseSeed(text, 'seed.yaml'));

const seed = `
permissions:
  - { slug: 'posts:read', name: Read }
  - { slug: 'posts:write', name: Write, description: Writes }
  - { slug: 'widgets:sso:manage', name: Set up single sign-on }
roles:
  - { slug: org-auditor, name: Auditor, organization: Ruled, is_default_role: true, permissions: ['posts:read'] }
  - { slug: owner, name: Owner, priority: 1, permissions: ['posts:write', 'posts:read'] }
  - { slug: viewer, name: Viewer, is_default_role: true }
  - { slug: admin, name: Admin, priority: 0, type: EnvironmentRole }
users:
  - { email: ann@ruled.com }
  - { email: ben@ruled.com }
organizations:
  - name: Ruled
    memberships:
      - { user: ann@ruled.com, role: org-auditor }
      - { user: ben@ruled.com, role: owner }
`;

test('permissions, roles, order, defaults and holders are as the seed says, and a second time changes nothing', async () => {
  await apply(seed);
  const { body: configuration } = await api.get('/management/role_configuration');
  expect(configuration).toMatchObject({
    default_role_slug: 'viewer',
    role_slugs: ['admin', 'owner', 'member', 'viewer'],
  });
  const { body: owner } = await api.get('/authorization/roles/owner');
  expect(owner.permissions).toEqual(['posts:read', 'posts:write']);
  expect((await api.get('/authorization/permissions/posts:write')).body.description).toBe('Writes');
  const { body: found } = await api.get('/organizations?search=Ruled');
  const organizationId = found.data[0].id;
  const own = await api.get(`/management/organizations/${organizationId}/role_configuration`);
  expect(own.body).toMatchObject({ inherited: false, default_role_slug: 'org-auditor' });
  const { body: members } = await api.get(
    `/user_management/organization_memberships?organization_id=${organizationId}&order=asc`,
  );
  expect(members.data.map(({ role }: { role: { slug: string } }) => role.slug)).toEqual([
    'org-auditor',
    'owner',
  ]);
  const mark = await lastEvent(api);
  await apply(seed);
  expect((await api.get(`/events?after=${mark}`)).body.data).toEqual([]);
});

test('what exists keeps what the seed does not mention', async () => {
  await api.post('/authorization/permissions', { slug: 'kept', name: 'Kept' });
  await api.post('/authorization/permissions', { slug: 'more', name: 'More' });
  await api.post('/authorization/roles', { slug: 'keeper', name: 'Keeper', description: 'As it was' });
  await api.put('/authorization/roles/keeper/permissions', { permissions: ['kept'] });
  await apply("roles: [{ slug: keeper, name: Renamed, permissions: ['more'] }]");
  const { body } = await api.get('/authorization/roles/keeper');
  expect(body).toMatchObject({ name: 'Renamed', description: 'As it was', permissions: ['kept', 'more'] });
});

test('an organization with a role of its own has the default and order that the seed gives the environment', async () => {
  await apply(`
organizations: [{ name: Forked }]
roles:
  - { slug: org-forked, name: Forked, organization: Forked }
  - { slug: first-forked, name: First, priority: -1, is_default_role: true }
`);
  const { body: found } = await api.get('/organizations?search=Forked');
  const path = `/management/organizations/${found.data[0].id}/role_configuration`;
  const { body } = await api.get(path);
  expect(body).toMatchObject({ inherited: false, default_role_slug: 'first-forked' });
  expect([body.role_slugs[0], body.role_slugs.at(-1)]).toEqual(['first-forked', 'org-forked']);
});

test.each([
  [
    'a permission twice',
    'permissions:\n- { slug: twice, name: A }\n- { slug: twice, name: B }',
    "seed.yaml:3: permissions.1.slug: 'twice' is in this list already",
  ],
  [
    'a role twice',
    'roles:\n- { slug: twice, name: A }\n- { slug: twice, name: B }',
    "seed.yaml:3: roles.1.slug: 'twice' is in this list already",
  ],
  [
    'two defaults',
    'roles:\n- { slug: a, name: A, is_default_role: true }\n- { slug: b, name: B, is_default_role: true }',
    'seed.yaml:3: roles.1.is_default_role: another role is the default already',
  ],
  [
    'two defaults of an environment',
    'environments:\n- { name: E, client_id: client_e, roles: [{ slug: a, name: A, is_default_role: true }, { slug: b, name: B, is_default_role: true }] }',
    'seed.yaml:2: environments.0.roles.1.is_default_role: another role is the default already',
  ],
  [
    'another name for a permission of the product',
    "permissions: [{ slug: 'widgets:sso:manage', name: Mine }]",
    "seed.yaml:1: permissions.0: The permission 'widgets:sso:manage' belongs to Doorwright",
  ],
  [
    'a slug of dots',
    "permissions: [{ slug: '..', name: Dots }]",
    'seed.yaml:1: permissions.0.slug: A slug has',
  ],
  [
    'a malformed slug',
    "permissions: [{ slug: 'A B', name: Any }]",
    'seed.yaml:1: permissions.0.slug: A slug has',
  ],
  [
    'an unknown permission',
    'roles: [{ slug: any, name: Any, permissions: [no] }]',
    "roles.0: Permission not found: 'no'",
  ],
  [
    'an organization’s role without its prefix',
    'roles: [{ slug: any, name: Any, organization: Ruled }]',
    "a slug of an organization's role begins with org-",
  ],
  [
    'an organization’s role of nobody',
    'roles: [{ slug: org-a, name: A, type: OrganizationRole }]',
    'name the organization',
  ],
  [
    'an unknown organization',
    'roles: [{ slug: org-a, name: A, organization: None }]',
    "Organization not found: 'None'",
  ],
  [
    'an environment’s role with an organization',
    'roles: [{ slug: a, name: A, type: EnvironmentRole, organization: Ruled }]',
    'a role of the environment names no organization',
  ],
])('%s is refused where it stands', async (_, text, sentence) => {
  await expect((async () => apply(text))()).rejects.toThrow(sentence);
});
