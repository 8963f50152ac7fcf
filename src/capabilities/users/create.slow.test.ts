import { expect, test } from 'vitest';
import { hashRows } from '../../../test/contract/sweep.ts';
import { useServer } from '../../../test/harness.ts';
import { storedHash } from '../../../test/passwords.ts';

const server = useServer();
const path = '/user_management/users';
const password = 'mauve otter quartz lantern';

test('an address alone makes a user who is not verified', async () => {
  const { status, body } = await server.api.post(path, { email: 'Ann@Example.com' });
  expect(status).toBe(201);
  expect(body).toEqual({
    object: 'user',
    id: expect.stringMatching(/^user_[0-9A-HJKMNP-TV-Z]{26}$/),
    email: 'Ann@Example.com',
    email_verified: false,
    first_name: null,
    last_name: null,
    name: null,
    profile_picture_url: null,
    last_sign_in_at: null,
    external_id: null,
    metadata: {},
    locale: null,
    created_at: body.updated_at,
    updated_at: body.created_at,
  });
  expect(await storedHash(server, body.id)).toBeNull();
});

test('every field is kept, without the space around it', async () => {
  const input = {
    email: ' whole@example.com ',
    first_name: ' Whole ',
    last_name: 'Person',
    email_verified: true,
    external_id: 'crm/17',
    metadata: { plan: 'gold' },
    ip_address: '203.0.113.9',
    user_agent: 'Test',
    signals_id: '01JBS0GN92GC2RJQS4X9DBPQ2A',
  };
  const { body } = await server.api.post(path, input);
  expect(body).toMatchObject({
    email: 'whole@example.com',
    first_name: 'Whole',
    last_name: 'Person',
    name: 'Whole Person',
    email_verified: true,
    external_id: 'crm/17',
    metadata: { plan: 'gold' },
  });
});

test.each([
  [{ first_name: 'Ann' }, 'Ann'],
  [{ last_name: 'Lee' }, 'Lee'],
  [{ first_name: '', last_name: 'Lee' }, 'Lee'],
  [{ first_name: 'Ann', last_name: 'Lee', name: 'Dr. Lee' }, 'Dr. Lee'],
  [{ first_name: null, last_name: null }, null],
])('of %j the name is %j', async (names, name) => {
  const email = `${crypto.randomUUID()}@example.com`;
  expect((await server.api.post(path, { email, ...names })).body.name).toBe(name);
});

test('the event tells of the user and nothing of the password', async () => {
  const fresh = await server.addEnvironment('sandbox');
  const { body } = await fresh.api.post(path, { email: 'told@example.com', password });
  const { data } = (await fresh.api.get('/events')).body;
  expect(data).toMatchObject([{ event: 'user.created', data: body }]);
  expect(data[0].context).not.toHaveProperty('previous_attributes');
  expect(JSON.stringify([body, data])).not.toMatch(/mauve|argon2|password/);
});

test.each([
  ['no address', {}, 'email', 'required'],
  ['an address that is null', { email: null }, 'email', 'invalid_type'],
  ['an address that is none', { email: 'ann' }, 'email', 'invalid_email'],
  ['two addresses', { email: 'a@example.com,b@example.com' }, 'email', 'invalid_email'],
  ['a name with an address', { email: 'Ann <ann@example.com>' }, 'email', 'invalid_email'],
  [
    'a second recipient behind a line break',
    { email: 'a@example.com\r\nBcc: b@example.com' },
    'email',
    'invalid_email',
  ],
  ['a right-to-left mark in the domain', { email: 'a@exam\u202eple.com' }, 'email', 'invalid_email'],
  ['an address of 321 characters', { email: `${'a'.repeat(309)}@example.com` }, 'email', 'too_big'],
  ['a local part of 65 characters', { email: `${'a'.repeat(65)}@example.com` }, 'email', 'invalid_email'],
  [
    'a name of 256 characters',
    { email: 'n@example.com', first_name: 'a'.repeat(256) },
    'first_name',
    'too_big',
  ],
  ['a name that is no text', { email: 'n@example.com', last_name: 7 }, 'last_name', 'invalid_type'],
  [
    'an external id of 129 characters',
    { email: 'n@example.com', external_id: 'x'.repeat(129) },
    'external_id',
    'too_big',
  ],
  [
    'an external id that is not ASCII',
    { email: 'n@example.com', external_id: 'é' },
    'external_id',
    'invalid_format',
  ],
  [
    'an unknown hash',
    { email: 'n@example.com', password_hash: 'x', password_hash_type: 'md5' },
    'password_hash_type',
    'invalid_value',
  ],
])('%s is refused with 422 that names the field, and nothing is written', async (_, input, field, code) => {
  const before = await hashRows(server);
  const response = await server.api.post(path, input);
  expect([response.status, response.body.code]).toEqual([422, 'invalid_request_parameters']);
  expect(response.body.errors[0]).toMatchObject({ field, code });
  expect(await hashRows(server)).toBe(before);
});

test.each([
  ['51 pairs', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']))],
  ['a value of 601 characters', { k: 'v'.repeat(601) }],
  ['a key of 41 characters', { ['k'.repeat(41)]: 'v' }],
  ['text that is not ASCII', { k: 'é' }],
])('metadata with %s answers 400 invalid_metadata', async (_, metadata) => {
  const response = await server.api.post(path, { email: 'metadata@example.com', metadata });
  expect([response.status, response.body.code]).toEqual([400, 'invalid_metadata']);
});

test('a second user of an address is refused, however it is written; another environment has its own', async () => {
  const first = { email: 'Zo\u00eb.Kim@b\u00fccher.example', external_id: 'zoe' };
  expect((await server.api.post(path, first)).status).toBe(201);
  const twins = [
    'Zo\u00eb.Kim@b\u00fccher.example',
    'zo\u00cb.kim@B\u00dcCHER.example',
    'zoe\u0308.kim@bu\u0308cher.example',
    'zo\u00eb.kim@xn--bcher-kva.example',
    // The Kelvin sign is a K to whoever reads it.
    'zo\u00eb.\u212aim@b\u00fccher.example',
    '\tzo\u00eb.kim@b\u00fccher.example ',
  ];
  const before = await hashRows(server);
  for (const email of twins) {
    const { status, body } = await server.api.post(path, { email });
    expect([status, body.code], email).toEqual([400, 'user_creation_error']);
    expect(body.errors).toEqual([{ code: 'email_not_available', message: expect.any(String) }]);
  }
  expect(await hashRows(server)).toBe(before);
  expect((await server.other.api.post(path, first)).status).toBe(201);
});

test.each([
  'ann+one@example.net',
  'ann+two@example.net',
  'a.nn@example.net',
  '"ann lee"@example.net',
  '\u0430nn@example.net',
])('%s is an address of its own', async (email) => {
  const { status, body } = await server.api.post(path, { email });
  expect([status, body.email]).toEqual([201, email]);
});

test('an external id is unique within an environment', async () => {
  const input = { external_id: 'only-once' };
  expect((await server.api.post(path, { email: 'one@example.org', ...input })).status).toBe(201);
  const repeat = await server.api.post(path, { email: 'two@example.org', ...input });
  expect([repeat.status, repeat.body.code]).toEqual([400, 'user_creation_error']);
  expect(repeat.body.errors[0].code).toBe('external_id_already_used');
  expect((await server.other.api.post(path, { email: 'one@example.org', ...input })).status).toBe(201);
});

test('names of any script are kept as they are', async () => {
  const names = {
    first_name: 'Ann <b>',
    last_name: '\u200f\u05d0\u05d1 \ud83d\udc69\u200d\ud83d\ude80',
  };
  const { status, body } = await server.api.post(path, { email: 'scripts@example.com', ...names });
  expect(status).toBe(201);
  expect(body).toMatchObject(names);
});

test.each([
  ['NUL', '{"email":"nul@example.com","first_name":"a\\u0000b"}'],
  ['NUL in a password', '{"email":"nul@example.com","password":"mauve otter\\u0000 quartz lantern"}'],
  ['half a surrogate pair', '{"email":"half@example.com","password":"mauve otter \\ud800 quartz"}'],
])('%s is refused', async (_, body) => {
  expect((await server.api.post(path, body)).status).toBe(422);
});

test('a password of a megabyte is refused unread, one of 200 kB as too long', async () => {
  const before = await hashRows(server);
  const megabyte = await server.api.post(path, { email: 'mb@example.com', password: 'a'.repeat(1_000_000) });
  expect(megabyte.status).toBe(413);
  const long = await server.api.post(path, { email: 'mb@example.com', password: 'a'.repeat(200_000) });
  expect([long.status, long.body.code]).toEqual([400, 'password_strength_error']);
  expect(long.body.errors).toMatchObject([{ code: 'password_too_long' }]);
  expect(await hashRows(server)).toBe(before);
});

test('with an Idempotency-Key a repeat is answered as the first call was', async () => {
  const create = (key: string, input: object) =>
    server.api.post(path, input, { headers: { 'idempotency-key': key } });
  const input = { email: 'once@example.com', password };
  const first = await create('user-once', input);
  expect((await create('user-once', input)).body).toEqual(first.body);
  const refused = await create('user-weak', { ...input, password: 'short' });
  expect(refused.body.code).toBe('password_strength_error');
  expect((await create('user-weak', { ...input, password: 'short' })).body).toEqual(refused.body);
  expect((await create('user-weak', input)).status).toBe(409);
});

test('of two sign-ups of one address on two nodes at once, one wins and the other is told', async () => {
  const second = await server.startNode();
  for (let round = 0; round < 10; round += 1) {
    const email = `race${round}@example.com`;
    const answers = await Promise.all(
      [server.api, second.api, server.api, second.api].map((api) => api.post(path, { email })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400]);
    for (const { status, body } of answers) {
      if (status === 400)
        expect(body).toMatchObject({
          code: 'user_creation_error',
          errors: [{ code: 'email_not_available' }],
        });
    }
    const { body } = await server.api.get(`${path}?email=${email}`);
    expect(body.data).toHaveLength(1);
  }
});

test('without a key nobody is made', async () => {
  const response = await server.anonymous.post(path, { email: 'nobody@example.com' });
  expect([response.status, response.body.code]).toEqual([401, 'unauthorized']);
});
