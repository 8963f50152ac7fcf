import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import type { TestEnvironment } from '../../../test/harness.ts';
import { makeMembership, makeRole, makeUser } from '../../../test/people.ts';
import { signIn } from '../../../test/sign-in.ts';
import { waitUntil } from '../../../test/wait.ts';

const server = useServer();

const keysOf = ({ clientId }: Pick<TestEnvironment, 'clientId'>) =>
  createRemoteJWKSet(new URL(`${server.url}/sso/jwks/${clientId}`));

/** A new environment with these settings, and somebody who is signed in there. */
async function signInWith(settings: object) {
  const environment = await server.addEnvironment('sandbox');
  const stage = { ...server, ...environment };
  const changed = await environment.api.patch('/management/settings', settings);
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  const userId = await makeUser(environment.api, { email_verified: true });
  const session = await signIn(stage, { userId, environmentId: environment.id });
  return { ...environment, ...session };
}

test('every claim of a session in an organization', async () => {
  await makeRole(server, { slug: 'owner', priority: -1 });
  await server.api.patch('/management/settings', { roles: { multiple_roles_enabled: true } });
  const made = await makeMembership(server.api, { role_slugs: ['member', 'owner'] });
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const session = await signIn(server, { userId: made.user_id, organizationId: made.organization_id });
  const { payload, protectedHeader } = await jwtVerify(session.access_token, keysOf(server));
  expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.stringMatching(/^key_[0-9A-Z]{26}$/) });
  expect(payload).toEqual({
    iss: `${server.url}/user_management/${server.clientId}`,
    sub: made.user_id,
    sid: session.session_id,
    jti: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    client_id: server.clientId,
    org_id: made.organization_id,
    role: 'owner',
    roles: ['owner', 'member'],
    permissions: [],
    iat: expect.any(Number),
    exp: (payload.iat ?? 0) + 300,
  });
  expect(Math.abs((payload.iat ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
});

test('without an organization nothing is said of roles', async () => {
  const { access_token } = await signIn(server);
  const { payload } = await jwtVerify(access_token, keysOf(server));
  expect(Object.keys(payload).sort()).toEqual(['client_id', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
});

test('the issuer is the origin alone, when the environment says so', async () => {
  const { access_token } = await signInWith({ sessions: { issuer: 'origin' } });
  expect(decodeJwt(access_token).iss).toBe(server.url);
});

test('how long a token lasts is a setting', async () => {
  const { access_token } = await signInWith({ sessions: { access_token_seconds: 3_600 } });
  const { iat = 0, exp } = decodeJwt(access_token);
  expect(exp).toBe(iat + 3_600);
});

test('tokens are signed by ES256, when the environment says so', async () => {
  const made = await signInWith({ access_tokens: { algorithm: 'ES256' } });
  const { protectedHeader } = await jwtVerify(made.access_token, keysOf(made), { algorithms: ['ES256'] });
  expect(protectedHeader.alg).toBe('ES256');
});

test("a token verifies with its own environment's keys only, until it expires, and not when it is changed (O-12)", async () => {
  const { access_token } = await signIn(server);
  await expect(jwtVerify(access_token, keysOf(server.other))).rejects.toThrow('no applicable key');
  const later = new Date(Date.now() + 301_000);
  await expect(jwtVerify(access_token, keysOf(server), { currentDate: later })).rejects.toThrow('"exp"');
  const [header, payload, signature] = access_token.split('.');
  const claims = { ...decodeJwt(access_token), sub: 'user_other' };
  const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
  await expect(jwtVerify(`${header}.${forged}.${signature}`, keysOf(server))).rejects.toThrow('signature');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  await expect(jwtVerify(`${none}.${payload}.`, keysOf(server))).rejects.toThrow();
});

test('tokens signed before the key was rotated verify until they expire; new ones are signed by the new key (O-13)', async () => {
  const { access_token } = await signIn(server);
  const { kid } = decodeProtectedHeader(access_token);
  await server.api.post('/management/signing_keys/rotate', {});
  server.clock.setOffset(2 * 86_400_000);
  let renewed = access_token;
  await waitUntil('the new key signs', async () => {
    renewed = (await signIn(server)).access_token;
    return decodeProtectedHeader(renewed).kid !== kid;
  });
  const currentDate = server.clock.now();
  await jwtVerify(renewed, keysOf(server), { currentDate });
  server.clock.setOffset(0);
  expect((await jwtVerify(access_token, keysOf(server))).protectedHeader.kid).toBe(kid);
});
