import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createClient } from '../../test/client.ts';
import { blocksOf } from '../../test/docs/blocks.ts';
import { useServer } from '../../test/harness.ts';
import { defaultApiKey } from '../app.ts';
import { applySeedFile } from './apply.ts';
import { seedDefaults } from './index.ts';
import { parseSeed, readSeed, warnOfLaterKeys } from './read.ts';
import { SeedFile, laterKeys } from './schema.ts';

const server = useServer();
const page = readFileSync('docs/seed.md', 'utf8');
const example = blocksOf(page).find(({ language }) => language === 'yaml')?.text ?? '';

beforeAll(() => seedDefaults(server));

const apply = (text: string) => applySeedFile(server, parseSeed(text, 'seed.yaml'));
const clientOf = (key: string) => createClient(server.url, key, server.settle);
const namesOf = async (key: string, path: string, field: string): Promise<string[]> => {
  const { status, body } = await clientOf(key).get(`${path}?limit=100`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data.map((item: Record<string, string>) => item[field]);
};

/** Every row of every table, events included. */
async function hashDatabase(): Promise<string> {
  const { pool } = server.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
      and relnamespace = 'public'::regnamespace order by 1`,
  );
  const hash = createHash('sha256');
  for (const { name } of tables) {
    // When a key was last used is noted beside the request.
    const { rows } = await pool.query<{ row: object }>(
      `select to_jsonb(t) - 'last_used_at' as row from "${name}" t order by t::text`,
    );
    hash.update(JSON.stringify([name, rows]));
  }
  return hash.digest('hex');
}

test('the example of docs/seed.md does what it says', async () => {
  await apply(example);
  const seeded = clientOf('sk_test_continuous_integration');
  const { body } = await seeded.get('/organizations/external_id/customer-42');
  expect(body).toMatchObject({ name: 'Foo Corp', metadata: { plan: 'enterprise' } });
  expect(body.domains.map(({ domain, state }: Record<string, string>) => [domain, state])).toEqual([
    ['foo-corp.com', 'verified'],
    ['foo-corp.net', 'pending'],
  ]);
  expect(await namesOf(defaultApiKey, '/user_management/redirect_uris', 'uri')).toContain(
    'http://localhost:3000/callback',
  );
});

test('the environments of a seed see nothing of each other', async () => {
  await apply(example);
  expect(await namesOf('sk_test_staging', '/organizations', 'name')).toEqual(['Foo Corp']);
  expect(await namesOf('sk_test_staging', '/user_management/redirect_uris', 'uri')).toEqual([]);
  expect(await namesOf('sk_test_staging', '/user_management/cors_origins', 'origin')).toEqual([
    'https://staging.example.com',
  ]);
  expect(await namesOf(defaultApiKey, '/user_management/cors_origins', 'origin')).toEqual([]);
  const { body } = await clientOf('sk_test_staging').get('/management/environment');
  expect(body).toMatchObject({ name: 'Staging', kind: 'sandbox', client_id: 'client_staging' });
});

test('the default key stays valid beside seeded ones, and sees what they see', async () => {
  await apply(example);
  expect(await namesOf(defaultApiKey, '/organizations', 'name')).toEqual(
    await namesOf('sk_test_continuous_integration', '/organizations', 'name'),
  );
});

test.each([
  ['the example', example],
  ['the defaults', ''],
  [
    'spellings that are stored in another form',
    `
organizations:
  - name: ' Spelt '
    metadata: {}
    domains: [Spelt-Corp.COM, bücher-spelt.de., { domain: spelt-corp.net, state: pending }]
corsOrigins: [HTTPS://Spelt.Example.com:443]
redirectUris: [https://pr-*.spelt.example.com/cb]
apiKeys: { sk_test_spelt: anything }
`,
  ],
])('applying %s twice changes nothing and writes no event', async (_, text) => {
  await seedDefaults(server);
  await apply(text);
  const before = await hashDatabase();
  await seedDefaults(server);
  await apply(text);
  expect(await hashDatabase()).toBe(before);
});

test('a seed deletes nothing: what it does not mention stays', async () => {
  const name = 'Grown';
  await apply(`organizations: [{ name: ${name}, metadata: { a: '1' }, domains: [grown-corp.com] }]`);
  const api = clientOf(defaultApiKey);
  const { body } = await api.get(`/organizations?search=${name}`);
  const [{ id }] = body.data;
  await api.put(`/organizations/${id}`, {
    metadata: { b: '2' },
    domain_data: [
      { domain: 'grown-corp.com', state: 'verified' },
      { domain: 'later-corp.com', state: 'verified' },
    ],
  });
  const grown = (await api.get(`/organizations/${id}`)).body;
  await apply(`organizations: [{ name: ${name}, metadata: { a: '1' }, domains: [grown-corp.com] }]`);
  expect((await api.get(`/organizations/${id}`)).body).toEqual(grown);
  await apply(`organizations: [{ name: ${name}, metadata: {} }]`);
  expect((await api.get(`/organizations/${id}`)).body).toEqual(grown);
});

test.each([
  ['an unknown key', 'apiKeys: []\norganisations:\n  - name: A\n', 'seed.yaml:2: organisations:'],
  [
    'an unknown key inside',
    'organizations:\n  - name: A\n    nmae: B\n',
    'seed.yaml:3: organizations.0.nmae:',
  ],
  ['two unknown keys', 'a: 1\nb: 2\n', 'seed.yaml:2: b:'],
  [
    'a value of the wrong kind',
    'organizations:\n  - name: A\n  - name: 7\n',
    'seed.yaml:3: organizations.1.name:',
  ],
  ['a key that is missing', 'environments:\n  - name: A\n', 'seed.yaml:2: environments.0.client_id:'],
  ['an API key of the wrong form', 'apiKeys:\n  - secret\n', 'seed.yaml:2: apiKeys.0: a key starts with sk_'],
  ['an install key', 'apiKeys:\n  - sk_admin_1234\n', 'seed.yaml:2: apiKeys.0: a key starts with sk_'],
  [
    'a domain of an unknown state',
    'organizations:\n  - name: A\n    domains:\n      - domain: a-corp.com\n        state: perhaps\n',
    'seed.yaml:5: organizations.0.domains.0.state:',
  ],
  [
    'a name of two lines',
    'organizations:\n  - name: "A\\nB"\n',
    'seed.yaml:2: organizations.0.name: One line of text',
  ],
  [
    'a name that turns its direction',
    'users:\n  - email: a@b.example\n    first_name: "A\\u202eB"\n',
    'seed.yaml:3: users.0.first_name: One line of text',
  ],
  [
    'a description with a control character',
    'roles:\n  - { slug: a, name: A, description: "A\\u0007B" }\n',
    'seed.yaml:2: roles.0.description: Text, without control characters',
  ],
  [
    'an environment with a name of two lines',
    'environments:\n  - { name: "A\\nB", client_id: client_a }\n',
    'seed.yaml:2: environments.0.name: One line of text',
  ],
  ['text that is no YAML', 'organizations:\n  - name: [A\n', 'seed.yaml:3:'],
  ['the same key twice', 'apiKeys: []\napiKeys: []\n', 'seed.yaml:2:'],
])('%s is an error with file, line and place', (_, text, place) => {
  expect(() => parseSeed(text, 'seed.yaml')).toThrow(place);
});

test('a file that is not there is named', async () => {
  await expect(readSeed('nowhere.yaml')).rejects.toThrow('nowhere.yaml cannot be read (ENOENT).');
});

test.each([
  [
    'a consumer domain',
    'organizations:\n  - name: Fine\n  - name: A\n    domains: [gmail.com]\n',
    'seed.yaml:3: organizations.1: This domain belongs to a consumer e-mail provider',
  ],
  ['a redirect URI', 'redirectUris:\n  - javascript:alert(1)\n', 'seed.yaml:2: redirectUris.0: This scheme'],
  ['an origin', 'corsOrigins:\n  - https://a.example.com/path\n', 'seed.yaml:2: corsOrigins.0: An origin is'],
  [
    'in an environment',
    'environments:\n  - name: A\n    client_id: client_a\n    corsOrigins:\n      - "*"\n',
    'seed.yaml:5: environments.0.corsOrigins.0: An origin must name one host',
  ],
  [
    "another environment's key",
    `environments:\n  - name: A\n    client_id: client_a\n    api_key: ${defaultApiKey}\n`,
    'seed.yaml:4: environments.0.api_key: This key belongs to another environment.',
  ],
])('%s that a rule refuses is named with file and line', async (_, text, sentence) => {
  await expect(apply(text)).rejects.toThrow(sentence);
});

test('a seed that is refused leaves nothing of that environment behind', async () => {
  const text = 'organizations:\n  - name: Half\n  - name: Refused\n    domains: [gmail.com]\n';
  await expect(apply(text)).rejects.toThrow();
  expect(await namesOf(defaultApiKey, '/organizations', 'name')).not.toContain('Half');
});

test('keys of later versions are warned about once each, wherever they stand', () => {
  const { seed } = parseSeed(
    `users: [{ email: a@example.com, impersonator: { email: b@example.com } }]
connections: []
organizations: [{ name: A, groups: [] }, { name: B, groups: [] }]
environments: [{ name: E, client_id: client_e, connections: [] }]`,
    'seed.yaml',
  );
  expect(warnOfLaterKeys(seed)).toEqual([
    'connections is not supported by this version yet and was left out.',
    'users.impersonator is not supported by this version yet and was left out.',
    'organizations.groups is not supported by this version yet and was left out.',
  ]);
});

test('docs/seed.md names every key', () => {
  const { organizations, environments, users, ...rest } = SeedFile.shape;
  const keysOf = (list: z.ZodType): string[] => {
    const inner = list instanceof z.ZodDefault ? list.unwrap() : list;
    const element = inner instanceof z.ZodArray ? inner.element : null;
    return element instanceof z.ZodObject ? Object.keys(element.shape) : [];
  };
  const inEnvironment = keysOf(environments).filter((key) => !(key in SeedFile.shape));
  const keys = [
    ...Object.keys(rest),
    ...keysOf(users)
      .filter((key) => key !== 'impersonator')
      .map((key) => `users.${key}`),
    ...keysOf(organizations)
      .filter((key) => key !== 'groups')
      .map((key) => `organizations.${key}`),
    ...inEnvironment.map((key) => `environments.${key}`),
  ];
  expect(keys.length).toBeGreaterThan(laterKeys.length + 5);
  for (const key of keys) expect(page).toContain(`\`${key}\``);
});

test('webhook endpoints are made with their secret, found again by URL, and changed to what is asked', async () => {
  const seed = (more: string) => `
environments:
  - name: Hooks
    client_id: client_hooks
    api_key: sk_test_hooks_seed
    webhookEndpoints:
      - url: HTTPS://93.184.215.14:443/seeded
        secret: whsec_of_the_seed_itself
${more}
    organizations:
      - name: Heard
`;
  await apply(seed(''));
  const list = async () => (await clientOf('sk_test_hooks_seed').get('/webhook_endpoints')).body.data;
  const [made] = await list();
  expect(made).toMatchObject({
    endpoint_url: 'https://93.184.215.14/seeded',
    secret: 'whsec_of_the_seed_itself',
    events: [],
    status: 'enabled',
  });
  await apply(seed('        events: [user.created]\n        status: disabled'));
  expect(await list()).toEqual([
    { ...made, events: ['user.created'], status: 'disabled', updated_at: expect.any(String) },
  ]);
  expect(() => apply(seed('        events: [user.exploded]'))).toThrow(/seed\.yaml:9: .*no event/);
});
