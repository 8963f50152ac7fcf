import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestClient, createClient } from '../../test/client.ts';
import { useServer } from '../../test/harness.ts';
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
const path = '/user_management/organization_memberships';

const findUser = async (email: string) =>
  (await api.get(`/user_management/users?email=${encodeURIComponent(email)}`)).body.data[0];
const findOrganization = async (name: string) =>
  (await api.get(`/organizations?search=${name}`)).body.data[0];
const membersOf = async (name: string): Promise<{ email: string; status: string; role: string }[]> => {
  const { id } = await findOrganization(name);
  const { body } = await api.get(
    `${path}?organization_id=${id}&statuses=active,inactive,pending&order=asc&limit=100`,
  );
  return body.data.map((member: { user: { email: string }; status: string; role: { slug: string } }) =>
    [member.user.email, member.status, member.role.slug].join(' '),
  );
};
const countEvents = async (): Promise<number> => (await api.get('/events?limit=100')).body.data.length;

const seed = `
users:
  - email: Ann@Seeded-Corp.com
    password: correct horse
    first_name: Ann
    last_name: Example
    email_verified: true
    external_id: ann
    metadata: { team: red }
  - email: ben@seeded-corp.com
  - email: cleo@seeded-corp.com
organizations:
  - name: Seeded
    memberships:
      - user: ann@seeded-corp.com
        role: member
      - { user_id: ben@seeded-corp.com, status: inactive }
      - { user: cleo@seeded-corp.com, status: pending }
`;

test('people and their memberships are made as the seed says', async () => {
  await apply(seed);
  expect(await findUser('ann@seeded-corp.com')).toMatchObject({
    email: 'Ann@Seeded-Corp.com',
    first_name: 'Ann',
    name: 'Ann Example',
    email_verified: true,
    external_id: 'ann',
    metadata: { team: 'red' },
  });
  expect(await membersOf('Seeded')).toEqual([
    'Ann@Seeded-Corp.com active member',
    'ben@seeded-corp.com inactive member',
    'cleo@seeded-corp.com pending member',
  ]);
});

test('a second time changes nothing and tells nothing, the password included', async () => {
  await apply(seed);
  const passwords = () =>
    server.database.pool
      .query('select hash, updated_at from credential order by id')
      .then(({ rows }) => rows);
  const before = [await countEvents(), await findUser('ann@seeded-corp.com'), await passwords()];
  expect(before[2]).toHaveLength(1);
  await apply(seed);
  expect([await countEvents(), await findUser('ann@seeded-corp.com'), await passwords()]).toEqual(before);
});

test('what the seed mentions is changed, what it does not mention stays', async () => {
  await apply(seed);
  await apply(`
users: [{ email: ann@seeded-corp.com, first_name: Anna, metadata: {} }]
organizations:
  - { name: Seeded, memberships: [{ user: ben@seeded-corp.com, status: active }, { user: ann@seeded-corp.com }] }
`);
  expect(await findUser('ann@seeded-corp.com')).toMatchObject({
    first_name: 'Anna',
    last_name: 'Example',
    email_verified: true,
    metadata: { team: 'red' },
  });
  expect(await membersOf('Seeded')).toEqual([
    'Ann@Seeded-Corp.com active member',
    'ben@seeded-corp.com active member',
    'cleo@seeded-corp.com pending member',
  ]);
});

test('an invitation that was accepted is not taken back, and one can be accepted by a seed', async () => {
  const of = (name: string, status: string) =>
    `organizations: [{ name: ${name}, memberships: [{ user: dora@seeded-corp.com, status: ${status} }] }]`;
  await apply(`users: [{ email: dora@seeded-corp.com }]\n${of('Invited', 'pending')}`);
  expect(await membersOf('Invited')).toEqual(['dora@seeded-corp.com pending member']);
  await apply(of('Invited', 'active'));
  await apply(of('Invited', 'pending'));
  expect(await membersOf('Invited')).toEqual(['dora@seeded-corp.com active member']);
  await apply(of('Left', 'pending'));
  await apply(of('Left', 'inactive'));
  expect(await membersOf('Left')).toEqual(['dora@seeded-corp.com inactive member']);
});

test('another password takes the place of the one before', async () => {
  const hashes = async () =>
    (await server.database.pool.query<{ hash: string }>('select hash from credential order by id')).rows;
  await apply('users: [{ email: eve@seeded-corp.com, password: first }]');
  const before = await hashes();
  await apply('users: [{ email: eve@seeded-corp.com, password: second }]');
  const after = await hashes();
  expect(after).toHaveLength(before.length);
  expect(after).not.toEqual(before);
});

test('people are also named by their id', async () => {
  await apply('users: [{ email: finn@seeded-corp.com }]');
  const { id } = await findUser('finn@seeded-corp.com');
  await apply(`organizations: [{ name: ById, memberships: [{ user: ${id} }] }]`);
  expect(await membersOf('ById')).toEqual(['finn@seeded-corp.com active member']);
});

test('an environment has people of its own', async () => {
  await apply(`
environments:
  - name: Elsewhere
    client_id: client_elsewhere
    api_key: sk_test_elsewhere
    users: [{ email: gus@seeded-corp.com }]
    organizations: [{ name: Elsewhere, memberships: [{ user: gus@seeded-corp.com }] }]
`);
  const elsewhere = createClient(server.url, 'sk_test_elsewhere', server.settle);
  expect((await elsewhere.get('/user_management/users')).body.data).toMatchObject([
    { email: 'gus@seeded-corp.com' },
  ]);
  expect(await findUser('gus@seeded-corp.com')).toBeUndefined();
});

describe('several roles of a member', () => {
  const withRoles = (roles: string) => `
roles:
  - { slug: first-of-two, name: First }
  - { slug: second-of-two, name: Second }
  - { slug: org-two, name: Own, organization: Several }
users: [{ email: kim@seeded-corp.com }]
organizations:
  - name: Several
    memberships: [{ user: kim@seeded-corp.com, roles: [${roles}] }]
`;
  const rolesOf = async (): Promise<string[]> => {
    const { id } = await findOrganization('Several');
    const { body } = await api.get(`${path}?organization_id=${id}`);
    return body.data[0].roles.map(({ slug }: { slug: string }) => slug).toSorted();
  };
  const setSeveral = (isOn: boolean) =>
    api.patch('/management/settings', { roles: { multiple_roles_enabled: isOn } });

  beforeAll(() => setSeveral(true));
  afterAll(() => setSeveral(false));

  test('are given where the setting is on, those of the organization too, and a second time changes nothing', async () => {
    await apply(withRoles('second-of-two, org-two, second-of-two'));
    expect(await rolesOf()).toEqual(['org-two', 'second-of-two']);
    const before = await countEvents();
    await apply(withRoles('org-two, second-of-two'));
    expect(await countEvents()).toBe(before);
  });

  test('take the place of those that the member had, and stay where the seed names none', async () => {
    await apply(withRoles('first-of-two, org-two'));
    expect(await rolesOf()).toEqual(['first-of-two', 'org-two']);
    await apply('organizations: [{ name: Several, memberships: [{ user: kim@seeded-corp.com }] }]');
    expect(await rolesOf()).toEqual(['first-of-two', 'org-two']);
    await apply(withRoles('second-of-two'));
    expect(await rolesOf()).toEqual(['second-of-two']);
  });

  test('a list of one needs no setting', async () => {
    await setSeveral(false);
    await apply(withRoles('first-of-two'));
    expect(await rolesOf()).toEqual(['first-of-two']);
    await setSeveral(true);
  });
});

const ofWrong = (member: string) => `organizations:\n  - name: Wrong\n    memberships:\n      - ${member}\n`;
const hal = 'users: [{ email: hal@seeded-corp.com }]\n';

test.each([
  [
    'an unknown person',
    ofWrong('user: nobody@seeded-corp.com'),
    "seed.yaml:4: organizations.0.memberships.0.user: There is no user with the address or id 'nobody@seeded-corp.com'.",
  ],
  [
    'an unknown role',
    hal + ofWrong('{ user: hal@seeded-corp.com, role: emperor }'),
    "seed.yaml:5: organizations.0.memberships.0.role: The organization has no role 'emperor'.",
  ],
  [
    'an unknown role among several',
    `${hal}${ofWrong('user: hal@seeded-corp.com')}        roles:\n          - member\n          - emperor\n`,
    "seed.yaml:8: organizations.0.memberships.0.roles.1: The organization has no role 'emperor'.",
  ],
  [
    'several roles where one is the rule',
    `roles: [{ slug: second, name: Second }]\n${hal}${ofWrong('user: hal@seeded-corp.com')}        roles: [member, second]\n`,
    'seed.yaml:7: organizations.0.memberships.0.roles: This environment gives one role to each membership. Give one, or set roles.multiple_roles_enabled with PATCH /management/settings.',
  ],
  [
    'an external id of another person',
    'users:\n  - { email: ida@seeded-corp.com, external_id: same }\n  - { email: jon@seeded-corp.com, external_id: same }\n',
    'seed.yaml:3: users.1: Another user of this environment has this external id.',
  ],
])('%s is an error with its line, and nothing is left of the seed', async (_, text, sentence) => {
  await expect(apply(text)).rejects.toThrow(sentence);
  expect(await findOrganization('Wrong')).toBeUndefined();
  expect(await findUser('hal@seeded-corp.com')).toBeUndefined();
});

test.each([
  ['an address that is none', 'users:\n  - email: nobody\n', 'seed.yaml:2: users.0.email:'],
  ['a person without an address', 'users:\n  - first_name: Ann\n', 'seed.yaml:2: users.0'],
  ['an unknown key', 'users:\n  - email: a@example.com\n    emial: b\n', 'seed.yaml:3: users.0.emial:'],
  [
    'a member without a name',
    ofWrong('role: member'),
    'seed.yaml:4: organizations.0.memberships.0: name the member',
  ],
  [
    'a status that is none',
    ofWrong('{ user: a@example.com, status: gone }'),
    'seed.yaml:4: organizations.0.memberships.0.status:',
  ],
  [
    'role and roles at once',
    ofWrong('{ user: a@example.com, role: member, roles: [member] }'),
    'seed.yaml:4: organizations.0.memberships.0: give either role or roles',
  ],
])('%s is refused before anything is written', (_, text, place) => {
  expect(() => parseSeed(text, 'seed.yaml')).toThrow(place);
});
