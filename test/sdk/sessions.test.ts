import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { makeMembership, makeUser } from '../people.ts';
import { giveCode, makePerson, signIn } from '../sign-in.ts';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const cookiePassword = 'a cookie password of 32 characters';

/** What an application keeps in its cookie: the SDK seals it, the server never sees it. */
async function sealedSession(userId?: string): Promise<string> {
  const id = userId ?? (await makeUser(server.api, { email_verified: true }));
  const { sealedSession: sealed = '' } = await server.sdk.userManagement.authenticateWithCode({
    code: await giveCode(server, { userId: id }),
    session: { sealSession: true, cookiePassword },
  });
  return sealed;
}

const load = (sessionData: string, password = cookiePassword) =>
  server.sdk.userManagement.loadSealedSession({ sessionData, cookiePassword: password });

test('listSessions and revokeSession', async () => {
  const { id: userId } = await makePerson(server.api);
  const sessions = [await signIn(server, { userId }), await signIn(server, { userId })];
  const { userManagement } = server.sdk;
  const list = await userManagement.listSessions(userId);
  expect(list.data.map(({ id }) => id)).toEqual(sessions.map((one) => one.session_id).toReversed());
  expect(list.data[0]).toMatchObject({
    object: 'session',
    userId,
    status: 'active',
    authMethod: 'password',
    ipAddress: '203.0.113.7',
    userAgent: 'Browser',
    endedAt: null,
  });
  await userManagement.revokeSession({ sessionId: sessions[1]?.session_id ?? '' });
  const left = await userManagement.listSessions(userId, { limit: 1 });
  expect(left.data.map(({ id }) => id)).toEqual([sessions[0]?.session_id]);
  await expect(userManagement.revokeSession({ sessionId: 'session_unknown' })).rejects.toMatchObject({
    name: 'GenericServerException',
    status: 400,
  });
});

test('autoPagination returns each of 12 sessions once', async () => {
  const { id: userId } = await makePerson(server.api);
  const ids: string[] = [];
  for (let index = 0; index < 12; index += 1) ids.unshift((await signIn(server, { userId })).session_id);
  const first = await server.sdk.userManagement.listSessions(userId);
  expect(first.data).toHaveLength(10);
  expect((await first.autoPagination()).map(({ id }) => id)).toEqual(ids);
});

test('the address of getLogoutUrl signs out', async () => {
  const { session_id: sessionId, user_id: userId } = await signIn(server);
  const returnTo = 'https://app.example.com/bye';
  await server.api.post('/management/sign_out_redirects', { uri: returnTo });
  const url = server.sdk.userManagement.getLogoutUrl({ sessionId, returnTo });
  const response = await fetch(url, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, returnTo]);
  expect((await server.sdk.userManagement.listSessions(userId)).data).toEqual([]);
});

test('the keys at getJwksUrl verify access tokens', async () => {
  const { access_token } = await signIn(server);
  const url = server.sdk.userManagement.getJwksUrl(server.clientId);
  const { payload } = await jwtVerify(access_token, createRemoteJWKSet(new URL(url)));
  expect(payload['client_id']).toBe(server.clientId);
});

test('a sealed session is authenticated, refreshed and signed out', async () => {
  const { user_id: userId, organization_id: organizationId } = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${userId}`, { email_verified: true });
  const sealed = await sealedSession(userId);
  const session = load(sealed);
  const now = await session.authenticate();
  expect(now).toMatchObject({
    authenticated: true,
    organizationId,
    role: 'member',
    roles: ['member'],
    permissions: [],
    user: { id: userId },
    authenticationMethod: 'Password',
  });
  const byCookie = await server.sdk.userManagement.authenticateWithSessionCookie({
    sessionData: sealed,
    cookiePassword,
  });
  expect(byCookie).toMatchObject({ authenticated: true, user: { id: userId } });
  const refreshed = await session.refresh();
  expect(refreshed).toMatchObject({ authenticated: true, organizationId });
  expect(await session.authenticate()).toMatchObject({ authenticated: true });
  await fetch(await session.getLogoutUrl(), { redirect: 'manual' });
  expect(await session.refresh()).toEqual({ authenticated: false, reason: 'invalid_grant' });
});

test('a sealed session whose organization is gone is over for the SDK', async () => {
  const { user_id: userId, organization_id: organizationId } = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${userId}`, { email_verified: true });
  const session = load(await sealedSession(userId));
  await server.sdk.organizations.deleteOrganization(organizationId);
  expect(await session.refresh()).toEqual({ authenticated: false, reason: 'invalid_grant' });
});

test('a refreshed session can be sealed with another password', async () => {
  const session = load(await sealedSession());
  const next = 'another cookie password, of 38 letters';
  const refreshed = await session.refresh({ cookiePassword: next });
  if (!refreshed.authenticated || refreshed.sealedSession === undefined) throw new Error('not refreshed');
  expect(await load(refreshed.sealedSession, next).authenticate()).toMatchObject({ authenticated: true });
  expect(await load(refreshed.sealedSession).authenticate()).toMatchObject({ authenticated: false });
});

test("a session of another environment does not pass with this one's keys (C-07)", async () => {
  const userId = await makeUser(server.other.api, { email_verified: true });
  const stage = { ...server, ...server.other };
  const { access_token } = await signIn(stage, { userId, environmentId: server.other.id });
  const url = server.sdk.userManagement.getJwksUrl(server.clientId);
  await expect(jwtVerify(access_token, createRemoteJWKSet(new URL(url)))).rejects.toThrow();
});

test('a cookie that was tampered with is not authenticated, and never an exception (C-04)', async () => {
  const sealed = await sealedSession();
  const end = sealed.lastIndexOf('~');
  const passed: string[] = [];
  const check = async (name: string, sessionData: string, password = cookiePassword) => {
    const answer = await load(sessionData, password)
      .authenticate()
      .catch((error: unknown) => ({ authenticated: true, error }));
    if (answer.authenticated) passed.push(`${name}: ${JSON.stringify(answer)}`);
  };
  for (let at = 0; at < end; at += 1) {
    const letter = sealed[at] === 'A' ? 'B' : 'A';
    await check(`byte ${at}`, sealed.slice(0, at) + letter + sealed.slice(at + 1));
  }
  for (let length = 1; length < end; length += 97) await check(`cut at ${length}`, sealed.slice(0, length));
  await check('another password', sealed, 'a wrong password of 32 characters');
  await check('a megabyte', 'A'.repeat(1_000_000));
  await check('a megabyte behind', sealed.slice(0, end) + 'A'.repeat(1_000_000));
  await check('nothing', '');
  expect(passed).toEqual([]);
});

expectCoverage(import.meta.url, server);
