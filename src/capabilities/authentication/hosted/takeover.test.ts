// What somebody tries who wants into another person's account, or to keep others out of theirs.
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { readCode } from '../../../../test/mailbox.ts';
import {
  authenticate,
  giveCode,
  goodPassword,
  makePerson,
  makeVerifier,
  outcomeOf,
  redeem,
  refresh,
  sessionOf,
  signInByPassword,
} from '../../../../test/sign-in.ts';
import { advance } from '../../../../test/time.ts';
import { authorizePath, createVisitor, enterPassword, registerCallback } from '../../../../test/visitor.ts';

const server = useServer();

beforeAll(() => registerCallback(server));

const codeIn = (html: string): string => /[?&]code=(\w+)/.exec(html)?.[1] ?? '';

/** Signs up on our pages, as far as the code that is mailed. */
async function signUp(email: string): Promise<void> {
  const visitor = createVisitor(server);
  const first = await visitor.arrive(authorizePath(server, { screen_hint: 'sign-up' }));
  const second = await visitor.fill(first, { email });
  expect((await visitor.fill(second, { password: goodPassword })).url).toContain('/email-verification');
}

test('a password that came with a sign-up dies when somebody else vouches for the address', async () => {
  await signUp('victim@example.com');
  const { body } = await server.api.get('/user_management/users?email=victim@example.com');
  const [user] = body.data;
  const vouched = await server.api.put(`/user_management/users/${user.id}`, { email_verified: true });
  expect(vouched.body.email_verified).toBe(true);
  expect(outcomeOf(await signInByPassword(server, 'victim@example.com'))).toBe('400 invalid_credentials');
});

test('it lives when the code from the mailbox proves the address, and outlives being vouched for later', async () => {
  await signUp('owner@example.com');
  const { body } = await server.api.get('/user_management/users?email=owner@example.com');
  const [user] = body.data;
  const code = await readCode(server, 'owner@example.com');
  await server.api.post(`/user_management/users/${user.id}/email_verification/confirm`, { code });
  await server.api.put(`/user_management/users/${user.id}`, { email_verified: false });
  await server.api.put(`/user_management/users/${user.id}`, { email_verified: true });
  expect((await signInByPassword(server, 'owner@example.com')).status).toBe(200);
});

test.each([
  ['signing out', (id: string) => server.anonymous.get(`/user_management/sessions/logout?session_id=${id}`)],
  ['revoking', (id: string) => server.api.post('/user_management/sessions/revoke', { session_id: id })],
])('%s a session ends what its browser has begun besides', async (_, end) => {
  const { email } = await makePerson(server.api);
  const visitor = createVisitor(server);
  const done = await enterPassword(visitor, server, { email, password: goodPassword });
  const first = await redeem(server, codeIn(done.html));
  const silent = await visitor.open(authorizePath(server));
  const second = codeIn(silent.location);
  expect(second).not.toBe('');
  expect([200, 302]).toContain((await end(sessionOf(first.body.access_token))).status);
  expect(outcomeOf(await redeem(server, second))).toBe('400 invalid_grant');
});

test('a new password by API ends what the former one has begun', async () => {
  const { id, email } = await makePerson(server.api, { email_verified: false });
  const { body } = await signInByPassword(server, email);
  await server.api.put(`/user_management/users/${id}`, {
    password: `${goodPassword} anew`,
    email_verified: true,
  });
  const response = await authenticate(server, {
    grant_type: 'urn:workos:oauth:grant-type:email-verification:code',
    code: await readCode(server, email),
    pending_authentication_token: body.pending_authentication_token,
  });
  expect(outcomeOf(response)).toBe('400 invalid_pending_authentication_token');
});

test('who saw a spent code, and cannot prove to have asked for it, ends nobody’s session with it', async () => {
  const { id } = await makePerson(server.api);
  const { verifier, challenge } = makeVerifier();
  const code = await giveCode(server, { userId: id, challenge });
  const { body } = await redeem(server, code, { code_verifier: verifier });
  const other = makeVerifier().verifier;
  expect(outcomeOf(await redeem(server, code, { code_verifier: other }))).toBe('400 invalid_grant');
  expect((await refresh(server, body.refresh_token)).status).toBe(200);
});

test('an Idempotency-Key replays tokens to nobody who has no credential', async () => {
  const { email } = await makePerson(server.api);
  const body = { grant_type: 'password', client_id: server.clientId, email, password: goodPassword };
  const headers = { 'idempotency-key': 'sign-in-1' };
  const path = '/user_management/authenticate';
  expect((await server.api.post(path, body, { headers })).status).toBe(200);
  expect(outcomeOf(await server.anonymous.post(path, body, { headers }))).toBe('400 invalid_client');
  // And whoever has none takes no key from those who have.
  const taken = { headers: { 'idempotency-key': 'sign-in-2' } };
  await server.anonymous.post(path, { ...body, password: 'another' }, taken);
  expect((await server.api.post(path, body, taken)).status).toBe(200);
});

test('a session lasts from when the person proved who they are, also in a browser that was known', async () => {
  const { id, email } = await makePerson(server.api);
  const visitor = createVisitor(server);
  const done = await enterPassword(visitor, server, { email, password: goodPassword });
  await redeem(server, codeIn(done.html));
  advance(server.clock, 86_400_000);
  const silent = await visitor.open(authorizePath(server));
  expect((await redeem(server, codeIn(silent.location))).status).toBe(200);
  const { body } = await server.api.get(`/user_management/users/${id}/sessions`);
  const [late, early] = body.data;
  expect(late.expires_at.slice(0, 16)).toBe(early.expires_at.slice(0, 16));
});
