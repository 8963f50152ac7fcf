import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();

test('a name alone makes an organization with empty metadata and no domains', async () => {
  const response = await server.api.post('/organizations', { name: 'Foo Corp' });
  expect(response.status).toBe(201);
  expect(response.body).toMatchObject({
    object: 'organization',
    name: 'Foo Corp',
    domains: [],
    metadata: {},
    external_id: null,
    allow_profiles_outside_organization: false,
  });
  expect(response.body.id).toMatch(/^org_[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(response.body).not.toHaveProperty('stripe_customer_id');
});

test('domain data sets state and strategy', async () => {
  const { body } = await server.api.post('/organizations', {
    name: 'Domains',
    domain_data: [
      { domain: 'Verified-Corp.com', state: 'verified' },
      { domain: 'bücher-corp.de.', state: 'pending' },
    ],
  });
  expect(body.domains).toMatchObject([
    { domain: 'verified-corp.com', state: 'verified', verification_strategy: 'manual' },
    { domain: 'xn--bcher-corp-9db.de', state: 'pending', verification_strategy: 'dns' },
  ]);
  expect(body.domains[1].verification_token).toMatch(/^[A-Za-z0-9]{25}$/);
  expect(body.domains[0]).not.toHaveProperty('verification_token');
});

test('the older `domains` makes domains that are still to be verified', async () => {
  const { body } = await server.api.post('/organizations', { name: 'Old', domains: ['old-corp.com'] });
  expect(body.domains).toMatchObject([{ domain: 'old-corp.com', state: 'pending' }]);
});

test('the change and its events are one: created, with its domains', async () => {
  const fresh = await server.addEnvironment('sandbox');
  await fresh.api.post('/organizations', {
    name: 'Events',
    domain_data: [{ domain: 'events-corp.com', state: 'verified' }],
  });
  const { body } = await fresh.api.get('/events');
  expect(body.data.map(({ event }: { event: string }) => event)).toEqual([
    'organization.created',
    'organization_domain.created',
    'organization_domain.verified',
  ]);
  expect(body.data[0].context.actor).toMatchObject({ source: 'api', name: 'First key' });
  expect(body.data[0].context.client_id).toBe(fresh.clientId);
});

test.each([
  ['no name', {}, 'name', 'required'],
  ['a name that is no text', { name: 7 }, 'name', 'invalid_type'],
  ['an empty name', { name: '  ' }, 'name', 'too_small'],
  ['a name of 256 characters', { name: 'a'.repeat(256) }, 'name', 'too_big'],
  ['an empty external id', { name: 'A', external_id: '' }, 'external_id', 'too_small'],
  ['an external id of 129 characters', { name: 'A', external_id: 'x'.repeat(129) }, 'external_id', 'too_big'],
  ['an external id that is not ASCII', { name: 'A', external_id: 'é' }, 'external_id', 'invalid_format'],
  [
    'a consumer domain',
    { name: 'A', domain_data: [{ domain: 'gmail.com', state: 'verified' }] },
    'domain_data.0.domain',
    'consumer_domain',
  ],
  [
    'a public suffix',
    { name: 'A', domain_data: [{ domain: 'co.uk', state: 'pending' }] },
    'domain_data.0.domain',
    'public_suffix',
  ],
  [
    'a domain that is no name',
    { name: 'A', domain_data: [{ domain: 'not a domain', state: 'pending' }] },
    'domain_data.0.domain',
    'invalid_domain',
  ],
  [
    'an unknown domain state',
    { name: 'A', domain_data: [{ domain: 'a-corp.com', state: 'failed' }] },
    'domain_data.0.state',
    'invalid_value',
  ],
])('%s is refused with 422 that names the field, and nothing is written', async (_, input, field, code) => {
  const before = await server.eventNames();
  const response = await server.api.post('/organizations', input);
  expect(response.status).toBe(422);
  expect(response.body.errors).toEqual([expect.objectContaining({ field, code })]);
  expect(await server.eventNames()).toEqual(before);
});

test('a domain listed twice answers 409', async () => {
  const domain = { domain: 'twice-corp.com', state: 'pending' };
  const response = await server.api.post('/organizations', { name: 'Twice', domain_data: [domain, domain] });
  expect(response.status).toBe(409);
  expect(response.body.code).toBe('domain_already_exists');
});

const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));

test('metadata at its limits is kept', async () => {
  const metadata = { ...pairs(49), ['k'.repeat(40)]: 'v'.repeat(600) };
  const { status, body } = await server.api.post('/organizations', { name: 'Limits', metadata });
  expect(status).toBe(201);
  expect(body.metadata).toEqual(metadata);
});

test.each([
  ['51 pairs', pairs(51)],
  ['a key of 41 characters', { ['k'.repeat(41)]: 'v' }],
  ['a value of 601 characters', { k: 'v'.repeat(601) }],
  ['a value that is not ASCII', { k: 'é' }],
  ['a value that is a number', { k: 1 }],
  ['a list', ['a']],
])('metadata with %s answers 400 invalid_metadata', async (_, metadata) => {
  const response = await server.api.post('/organizations', { name: 'Bad', metadata });
  expect(response.status).toBe(400);
  expect(response.body.code).toBe('invalid_metadata');
});

test('an external id is unique within an environment, and free in another', async () => {
  const input = { name: 'External', external_id: 'customer-1' };
  expect((await server.api.post('/organizations', input)).status).toBe(201);
  const repeat = await server.api.post('/organizations', input);
  expect(repeat.status).toBe(400);
  expect(repeat.body.code).toBe('external_id_already_used');
  expect((await server.other.api.post('/organizations', input)).status).toBe(201);
});

test('without a key nothing is made', async () => {
  const response = await server.anonymous.post('/organizations', { name: 'Nobody' });
  expect(response.status).toBe(401);
  expect(response.body.code).toBe('unauthorized');
});
