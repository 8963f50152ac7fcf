import { beforeEach, expect, test } from 'vitest';
import { hashRows } from '../../../test/contract/sweep.ts';
import { useServer } from '../../../test/harness.ts';
import { freshPassword, refresh, signIn, storedHash } from '../../../test/passwords.ts';
import { inEnvironment, lastEvent } from '../../../test/people.ts';
import { advance } from '../../../test/time.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();
const path = '/user_management/users';
let count = 0;
let made: { id: string; email: string; updated_at: string };

beforeEach(async () => {
  count += 1;
  const { body } = await server.api.post(path, {
    email: `before${count}@example.com`,
    first_name: 'Before',
    last_name: 'Person',
    email_verified: true,
    external_id: `before-${count}`,
    metadata: { a: '1', b: '2' },
  });
  made = body;
});

const update = (input: unknown) => server.api.put(`${path}/${made.id}`, input);

test('what is given changes, the rest stays, and the event says from what', async () => {
  const mark = await lastEvent(server.api);
  advance(server.clock, 1_000);
  const { status, body } = await update({ first_name: 'After', locale: 'PT-br' });
  expect(status).toBe(200);
  expect(body).toEqual({
    ...made,
    first_name: 'After',
    name: 'After Person',
    locale: 'pt-BR',
    updated_at: expect.any(String),
  });
  expect(body.updated_at > made.updated_at).toBe(true);
  const { data } = (await server.api.get(`/events?after=${mark}`)).body;
  expect(data).toMatchObject([{ event: 'user.updated', data: body }]);
  expect(data[0].context.previous_attributes).toEqual({
    first_name: 'Before',
    name: 'Before Person',
    locale: null,
  });
});

test('what is the same writes and emits nothing', async () => {
  const before = await hashRows(server);
  advance(server.clock, 1_000);
  for (const input of [
    {},
    { first_name: 'Before' },
    { name: 'Before Person' },
    { email: made.email },
    { metadata: { a: '1' } },
  ]) {
    const { body } = await update(input);
    expect(body).toEqual(made);
  }
  expect(await hashRows(server)).toBe(before);
});

test('null empties names, external id and locale', async () => {
  await update({ locale: 'de', name: 'Whole' });
  const { body } = await update({
    first_name: null,
    last_name: null,
    name: null,
    external_id: null,
    locale: null,
  });
  expect(body).toMatchObject({
    first_name: null,
    last_name: null,
    name: null,
    external_id: null,
    locale: null,
  });
});

test('metadata is merged; null deletes a key, or all', async () => {
  expect((await update({ metadata: { a: null, c: '3' } })).body.metadata).toEqual({ b: '2', c: '3' });
  expect((await update({ metadata: {} })).body.metadata).toEqual({});
  await update({ metadata: { d: '4' } });
  expect((await update({ metadata: null })).body.metadata).toEqual({});
});

test('another address is unverified until somebody vouches for it', async () => {
  const { body } = await update({ email: `after${count}@example.com` });
  expect(body).toMatchObject({ email: `after${count}@example.com`, email_verified: false });
  expect((await update({ email_verified: true })).body.email_verified).toBe(true);
  const vouched = await update({ email: `later${count}@example.com`, email_verified: true });
  expect(vouched.body.email_verified).toBe(true);
});

test('another spelling of the same address stays verified', async () => {
  const { body } = await update({ email: made.email.toUpperCase() });
  expect(body).toMatchObject({ email: made.email.toUpperCase(), email_verified: true });
});

test('another address loses the identities of the one before, and keeps its own', async () => {
  const identities = [
    ['GoogleOAuth', made.email.toUpperCase()],
    ['GithubOAuth', `After${count}@B\u00fccher.example`],
    ['AppleOAuth', null],
  ] as const;
  await inEnvironment(server, async (tx) => {
    for (const [provider, email] of identities) {
      await tx.run(sql`
        insert into identity (environment_id, id, user_id, kind, provider, idp_id, email, verified_by, created_at,
          updated_at)
        values (${tx.environmentId}, ${tx.newId('identity')}, ${made.id}, 'oauth', ${provider}, ${made.id}, ${email},
          'provider', ${tx.now}, ${tx.now})`);
    }
  });
  await update({ email: made.email.toUpperCase() });
  expect((await server.api.get(`${path}/${made.id}/identities`)).body).toHaveLength(3);
  await update({ email: `after${count}@xn--bcher-kva.example` });
  const { body } = await server.api.get(`${path}/${made.id}/identities`);
  expect(body).toEqual([{ idp_id: made.id, type: 'OAuth', provider: 'GithubOAuth' }]);
});

test('a new password counts from then on; sessions go on', async () => {
  const [first, second] = [freshPassword(), freshPassword()];
  await update({ password: first });
  const { body: session } = await signIn(server, made.email, first);
  const mark = await lastEvent(server.api);
  await update({ password: second });
  expect(await server.eventNames(mark)).toEqual(['user.updated']);
  expect((await signIn(server, made.email, first)).body.code).toBe('invalid_credentials');
  expect((await signIn(server, made.email, second)).status).toBe(200);
  expect((await refresh(server, session.refresh_token)).status).toBe(200);
  const events = await server.api.get('/events?limit=100&order=desc');
  expect(JSON.stringify(events.body)).not.toMatch(/mauve|argon2/);
});

test('a password of null leaves the password as it is', async () => {
  await update({ password: freshPassword() });
  const before = await storedHash(server, made.id);
  await update({ password: null });
  expect(await storedHash(server, made.id)).toBe(before);
});

test('an address or an external id that somebody has is refused, and nothing is written', async () => {
  await server.api.post(path, { email: `taken${count}@example.com`, external_id: `taken-${count}` });
  const before = await hashRows(server);
  const email = await update({ email: `TAKEN${count}@example.com`, first_name: 'Other' });
  expect([email.status, email.body.code]).toEqual([400, 'email_not_available']);
  const externalId = await update({ external_id: `taken-${count}`, password: freshPassword() });
  expect([externalId.status, externalId.body.code]).toEqual([400, 'external_id_already_used']);
  expect(await hashRows(server)).toBe(before);
});

test.each([
  [{ email: 'none' }, 400, 'invalid_email'],
  [{ email: 7 }, 400, 'invalid_email'],
  [{ locale: 'not a locale' }, 400, 'invalid_locale'],
  [{ locale: 'x-private' }, 400, 'invalid_locale'],
  [{ locale: 'e'.repeat(36) }, 400, 'invalid_locale'],
  [{ metadata: { k: 1 } }, 400, 'invalid_metadata'],
  [{ password: 'short' }, 400, 'password_strength_error'],
  [{ first_name: 7 }, 422, 'invalid_request_parameters'],
  [{ external_id: '' }, 422, 'invalid_request_parameters'],
  [{ email_verified: 'yes' }, 422, 'invalid_request_parameters'],
])('%j is refused with %i %s, and nothing is written', async (input, status, code) => {
  const before = await hashRows(server);
  const response = await update(input);
  expect([response.status, response.body.code]).toEqual([status, code]);
  expect(await hashRows(server)).toBe(before);
});

test('of two who take one address on two nodes at once, one gets it', async () => {
  const second = await server.startNode();
  for (let round = 0; round < 5; round += 1) {
    const { body: other } = await server.api.post(path, { email: `other${count}-${round}@example.com` });
    const email = `wanted${count}-${round}@example.com`;
    const answers = await Promise.all([update({ email }), second.api.put(`${path}/${other.id}`, { email })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.body.code).toBe('email_not_available');
  }
});

test("an unknown user and another environment's answer 404, no key 401", async () => {
  const input = { first_name: 'Taken over', password: freshPassword() };
  expect((await server.other.api.put(`${path}/${made.id}`, input)).status).toBe(404);
  expect((await server.api.put(`${path}/user_01HZZZZZZZZZZZZZZZZZZZZZZZ`, input)).status).toBe(404);
  expect((await server.anonymous.put(`${path}/${made.id}`, input)).status).toBe(401);
  expect((await server.api.get(`${path}/${made.id}`)).body).toEqual(made);
});
