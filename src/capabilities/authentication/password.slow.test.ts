import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership, makeOrganization } from '../../../test/people.ts';
import {
  authenticate,
  goodPassword,
  makePerson,
  outcomeOf,
  sessionOf,
  signInByPassword,
} from '../../../test/sign-in.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();

const eventsSince = async (mark: string): Promise<{ event: string; data: object }[]> =>
  (await server.api.get(`/events?limit=100&after=${mark}`)).body.data;

test('a verified user signs in with email and password, whatever the case of the address', async () => {
  const { id } = await makePerson(server.api, { email: 'Ann@Example.com', first_name: 'Ann' });
  const mark = await lastEvent(server.api);
  const response = await signInByPassword(server, 'ann@example.COM', {
    ip_address: '203.0.113.9',
    user_agent: 'Test',
  });
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  expect(Object.keys(response.body).sort()).toEqual([
    'access_token',
    'authentication_method',
    'refresh_token',
    'user',
  ]);
  // RFC 6749 5.1
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.body).toMatchObject({
    authentication_method: 'Password',
    user: { object: 'user', id, email: 'Ann@Example.com', first_name: 'Ann', email_verified: true },
  });
  expect(response.body.user).not.toHaveProperty('metadata');
  expect(decodeProtectedHeader(response.body.access_token)).toMatchObject({ alg: 'RS256' });
  expect(decodeJwt(response.body.access_token)).toMatchObject({
    sub: id,
    iss: `${server.url}/user_management/${server.clientId}`,
    client_id: server.clientId,
  });
  const events = await eventsSince(mark);
  const from = { ip_address: '203.0.113.9', user_agent: 'Test' };
  expect(events).toMatchObject([
    { event: 'authentication.password_succeeded' },
    { event: 'session.created', data: { user_id: id, status: 'active', auth_method: 'password', ...from } },
  ]);
  expect(events[0]?.data).toEqual({
    type: 'password',
    status: 'succeeded',
    user_id: id,
    email: 'ann@example.COM',
    ...from,
  });
});

test('signing in is told by last_sign_in_at, a refused try is not', async () => {
  const { id, email } = await makePerson(server.api);
  const read = async () => (await server.api.get(`/user_management/users/${id}`)).body.last_sign_in_at;
  expect(await read()).toBeNull();
  await signInByPassword(server, email, { password: 'not the password' });
  expect(await read()).toBeNull();
  const { body } = await signInByPassword(server, email);
  expect(body.user.last_sign_in_at).toBe(await read());
  expect(Math.abs(Date.parse(body.user.last_sign_in_at) - Date.now())).toBeLessThan(60_000);
});

test('a wrong password, an unknown address and a user without a password get one answer, and an event each', async () => {
  const { id, email } = await makePerson(server.api);
  const bare = await makePerson(server.api, { password: undefined });
  const mark = await lastEvent(server.api);
  const answers = [
    await signInByPassword(server, email, { password: 'not the password' }),
    await signInByPassword(server, 'nobody@example.com'),
    await signInByPassword(server, bare.email),
    await signInByPassword(server, 'not an address'),
    await signInByPassword(server, email, { password: goodPassword.toUpperCase() }),
    await signInByPassword(server, email, { password: `${goodPassword} ` }),
  ];
  for (const { status, body } of answers) {
    expect(status).toBe(400);
    expect(body).toEqual({ code: 'invalid_credentials', message: answers[0]?.body.message });
  }
  const events = await eventsSince(mark);
  expect(events.map(({ event }) => event)).toEqual(answers.map(() => 'authentication.password_failed'));
  expect(events.map(({ data }) => data)).toMatchObject([
    { user_id: id, email },
    { user_id: null, email: 'nobody@example.com' },
    { user_id: bare.id, email: bare.email },
    { user_id: null },
    { user_id: id },
    { user_id: id },
  ]);
  expect(events[0]?.data).toEqual({
    type: 'password',
    status: 'failed',
    ip_address: null,
    user_agent: null,
    user_id: id,
    email,
    error: { code: 'invalid_credentials', message: answers[0]?.body.message },
  });
});

test("another environment's users do not exist here", async () => {
  const { email } = await makePerson(server.other.api, { email: 'elsewhere@example.com' });
  expect(outcomeOf(await signInByPassword(server, email))).toBe('400 invalid_credentials');
});

test('a password that was replaced signs nobody in', async () => {
  const { id, email } = await makePerson(server.api);
  await server.api.put(`/user_management/users/${id}`, { password: 'a wholly different phrase 42' });
  expect(outcomeOf(await signInByPassword(server, email))).toBe('400 invalid_credentials');
});

test('where passwords are switched off, every try is refused alike', async () => {
  const { email } = await makePerson(server.other.api, { email: 'off@example.com' });
  const settings = { authentication: { is_password_enabled: false } };
  expect((await server.other.api.patch('/management/settings', settings)).status).toBe(200);
  const as = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  for (const tried of [email, 'nobody@example.com']) {
    const { status, body } = await signInByPassword(server, tried, as);
    expect([status, body.code]).toEqual([403, 'email_password_auth_disabled']);
  }
});

test('an invitation that nobody made is refused after the password was right', async () => {
  const { email } = await makePerson(server.api);
  const mark = await lastEvent(server.api);
  const invitation_token = 'Z1uX3RbwcIl5fIGJJJCXXisdI';
  const response = await signInByPassword(server, email, { invitation_token });
  expect(response.status).toBe(400);
  expect(response.body).toEqual({ error: 'invitation_invalid', error_description: expect.any(String) });
  expect(
    outcomeOf(await signInByPassword(server, email, { invitation_token, password: 'not the password' })),
  ).toBe('400 invalid_credentials');
  expect(await server.eventNames(mark)).toEqual([
    'authentication.password_succeeded',
    'authentication.password_failed',
  ]);
});

test('missing, empty and wrongly typed fields are named', async () => {
  const { email } = await makePerson(server.api);
  const fieldsOf = async (fields: object): Promise<string[]> => {
    const { status, body } = await signInByPassword(server, email, fields);
    expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
    return body.errors.map(({ field }: { field: string }) => field);
  };
  expect(await fieldsOf({ email: undefined, password: undefined })).toEqual(['email', 'password']);
  expect(await fieldsOf({ email: '', password: '' })).toEqual(['email', 'password']);
  expect(await fieldsOf({ email: 'x'.repeat(321) })).toEqual(['email']);
  expect(await fieldsOf({ password: 12 })).toEqual(['password']);
  expect(await fieldsOf({ password: 'nul\0' })).toEqual(['/password']);
  expect(await fieldsOf({ grant_type: 'magic' })).toEqual(['grant_type']);
  expect(await fieldsOf({ grant_type: undefined })).toEqual(['grant_type']);
  expect(await fieldsOf({ ip_address: 'x'.repeat(65) })).toEqual(['ip_address']);
});

test('hostile text as email or password is refused like any other wrong one', async () => {
  for (const email of [
    "' or 1=1 --",
    '\u202Eann@example.com',
    'ann@example.com\r\nBcc: x@example.com',
    '𝒜@𝒷',
  ]) {
    expect(outcomeOf(await signInByPassword(server, email)), email).toBe('400 invalid_credentials');
  }
  const { email } = await makePerson(server.api);
  for (const password of ['x'.repeat(200_000), '\uD800', '%00']) {
    expect(outcomeOf(await signInByPassword(server, email, { password }))).toMatch(/^4(00|22) /);
  }
});

test('no organization, one, and several: none named, the only one, or a question', async () => {
  const { id, email } = await makePerson(server.api);
  expect((await signInByPassword(server, email)).body).not.toHaveProperty('organization_id');
  const first = await makeMembership(server.api, { user_id: id });
  const only = await signInByPassword(server, email);
  expect(only.body.organization_id).toBe(first.organization_id);
  expect(decodeJwt(only.body.access_token)).toMatchObject({ org_id: first.organization_id, role: 'member' });
  const second = await makeMembership(server.api, { user_id: id });
  expect(outcomeOf(await signInByPassword(server, email))).toBe('403 organization_selection_required');
  await server.api.put(`/user_management/organization_memberships/${second.id}/deactivate`);
  expect((await signInByPassword(server, email)).body.organization_id).toBe(first.organization_id);
  await server.api.put(`/user_management/organization_memberships/${first.id}/deactivate`);
  expect((await signInByPassword(server, email)).body).not.toHaveProperty('organization_id');
  await server.api.delete(`/organizations/${first.organization_id}`);
  expect((await signInByPassword(server, email)).status).toBe(200);
});

test('a sign-in by one organization of several is asked for by no field of this grant', async () => {
  const { id, email } = await makePerson(server.api);
  const organization_id = await makeOrganization(server.api);
  await makeMembership(server.api, { user_id: id, organization_id });
  await makeMembership(server.api, { user_id: id });
  expect(outcomeOf(await signInByPassword(server, email, { organization_id }))).toBe(
    '403 organization_selection_required',
  );
});

test('secrets of a sign-in are neither stored as they are nor logged', async () => {
  const { email } = await makePerson(server.api);
  const { body } = await signInByPassword(server, email);
  const session = await server.database.one<{ row: string }>(
    sql`select s::text as row from session s where id = ${sessionOf(body.access_token)}`,
  );
  expect(session.row).not.toContain(body.refresh_token);
  const log = server.logLines.join('\n');
  for (const secret of [goodPassword, body.refresh_token, body.access_token, server.apiKey, email]) {
    expect(log).not.toContain(secret);
  }
});

test('a public client cannot try passwords', async () => {
  const { email } = await makePerson(server.api);
  const response = await authenticate(server, {
    grant_type: 'password',
    client_secret: undefined,
    email,
    password: goodPassword,
  });
  expect(response.status).toBe(400);
  expect(response.body).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
});
