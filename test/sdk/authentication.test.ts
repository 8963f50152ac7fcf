import {
  GenericServerException,
  OauthException,
  RateLimitExceededException,
  UnprocessableEntityException,
  WorkOS,
} from '@workos-inc/node';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { makeMembership } from '../people.ts';
import { giveCode, goodPassword, makePerson, makeVerifier, sessionOf, signIn } from '../sign-in.ts';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const limited = useSdk({ rateLimitFactor: 1 });

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('the call was answered'),
    (error: unknown) => error,
  );

const byPassword = (email: string, fields: object = {}) =>
  server.sdk.userManagement.authenticateWithPassword({ email, password: goodPassword, ...fields });

/** The SDK of an application without a server: it has no key. */
const publicSdk = () =>
  new WorkOS({
    apiHostname: '127.0.0.1',
    port: Number(new URL(server.url).port),
    https: false,
    clientId: server.clientId,
  });

/** This SDK knows no class for an interrupted sign-in; the newest has one, see test/newer-node. */
interface Interrupted {
  rawData: { pending_authentication_token: string; email_verification_id: string };
}

test('authenticateWithPassword', async () => {
  const { id, email } = await makePerson(server.api);
  const { organization_id: organizationId } = await makeMembership(server.api, { user_id: id });
  const answer = await byPassword(email, { ipAddress: '203.0.113.1', userAgent: 'Test' });
  expect(answer).toMatchObject({
    user: { object: 'user', id, email, emailVerified: true },
    organizationId,
    authenticationMethod: 'Password',
  });
  expect(answer.refreshToken.length).toBeGreaterThan(20);
  expect(decodeJwt(answer.accessToken)).toMatchObject({ sub: id, org_id: organizationId });
});

test('authenticateWithCode, and with a verifier beside the key', async () => {
  const { id: userId } = await makePerson(server.api);
  const { userManagement } = server.sdk;
  const plain = await userManagement.authenticateWithCode({ code: await giveCode(server, { userId }) });
  expect(plain.user.id).toBe(userId);
  const { verifier: codeVerifier, challenge } = makeVerifier();
  const code = await giveCode(server, { userId, challenge });
  expect((await userManagement.authenticateWithCode({ code, codeVerifier })).user.id).toBe(userId);
});

test('a client without a key redeems a code with its verifier, and refreshes', async () => {
  const { id: userId } = await makePerson(server.api);
  const { userManagement } = publicSdk();
  const { verifier: codeVerifier, challenge } = makeVerifier();
  const code = await giveCode(server, { userId, challenge });
  const first = await userManagement.authenticateWithCodeAndVerifier({ code, codeVerifier });
  const next = await userManagement.authenticateWithRefreshToken({ refreshToken: first.refreshToken });
  expect(sessionOf(next.accessToken)).toBe(sessionOf(first.accessToken));
  expect(next.refreshToken).not.toBe(first.refreshToken);
});

test('authenticateWithRefreshToken switches the organization', async () => {
  const { id: userId } = await makePerson(server.api);
  const { organization_id: first } = await makeMembership(server.api, { user_id: userId });
  const { organization_id: second } = await makeMembership(server.api, { user_id: userId });
  const session = await signIn(server, { userId, organizationId: first });
  const answer = await server.sdk.userManagement.authenticateWithRefreshToken({
    refreshToken: session.refresh_token,
    organizationId: second,
  });
  expect(answer.organizationId).toBe(second);
});

test('authenticateWithEmailVerification, then authenticateWithOrganizationSelection', async () => {
  const { id, email } = await makePerson(server.api, { email_verified: false });
  const { organization_id: organizationId } = await makeMembership(server.api, { user_id: id });
  await makeMembership(server.api, { user_id: id });
  const { userManagement } = server.sdk;
  const unverified = (await failureOf(byPassword(email))) as Interrupted;
  expect(unverified).toBeInstanceOf(GenericServerException);
  expect(unverified).toMatchObject({ status: 403, rawData: { code: 'email_verification_required', email } });
  const { code } = await userManagement.getEmailVerification(unverified.rawData.email_verification_id);
  const asked = (await failureOf(
    userManagement.authenticateWithEmailVerification({
      code,
      pendingAuthenticationToken: unverified.rawData.pending_authentication_token,
    }),
  )) as Interrupted;
  expect(asked).toBeInstanceOf(GenericServerException);
  expect(asked).toMatchObject({
    rawData: {
      code: 'organization_selection_required',
      user: { id },
      organizations: [{ name: 'Foo Corp' }, { name: 'Foo Corp' }],
    },
  });
  const answer = await userManagement.authenticateWithOrganizationSelection({
    organizationId,
    pendingAuthenticationToken: asked.rawData.pending_authentication_token,
  });
  expect(answer).toMatchObject({ organizationId, authenticationMethod: 'Password', user: { id } });
});

test('a wrong password is a GenericServerException with its code', async () => {
  const { email } = await makePerson(server.api);
  const failure = await failureOf(byPassword(email, { password: 'not the password' }));
  expect(failure).toBeInstanceOf(GenericServerException);
  expect(failure).toMatchObject({ status: 400, rawData: { code: 'invalid_credentials' } });
});

test('spent codes, tokens and organizations out of reach are OauthExceptions', async () => {
  const { id: userId } = await makePerson(server.api);
  const { userManagement } = server.sdk;
  const { refresh_token: refreshToken } = await signIn(server, { userId });
  const refusals: [() => Promise<unknown>, string][] = [
    [() => userManagement.authenticateWithCode({ code: 'unknown' }), 'invalid_grant'],
    [() => userManagement.authenticateWithRefreshToken({ refreshToken: 'unknown' }), 'invalid_grant'],
    [
      () => userManagement.authenticateWithRefreshToken({ refreshToken, organizationId: 'org_unknown' }),
      'organization_not_found',
    ],
    [
      () => userManagement.authenticateWithCode({ code: 'unknown', clientId: 'client_unknown' }),
      'invalid_client',
    ],
    [() => byPassword('a@example.com', { clientId: server.other.clientId }), 'invalid_client'],
  ];
  for (const [call, error] of refusals) {
    const failure = await failureOf(call());
    expect(failure).toBeInstanceOf(OauthException);
    expect(failure).toMatchObject({ status: 400, error, errorDescription: expect.any(String) });
  }
});

test('a pending token that is not valid is a GenericServerException, a missing field an UnprocessableEntityException', async () => {
  const { userManagement } = server.sdk;
  const spent = await failureOf(
    userManagement.authenticateWithEmailVerification({ code: '123456', pendingAuthenticationToken: 'spent' }),
  );
  expect(spent).toBeInstanceOf(GenericServerException);
  expect(spent).toMatchObject({ rawData: { code: 'invalid_pending_authentication_token' } });
  const malformed = await failureOf(byPassword('', {}));
  expect(malformed).toBeInstanceOf(UnprocessableEntityException);
  expect(malformed).toMatchObject({ status: 422, code: 'invalid_request_parameters' });
});

test('the eleventh try of an address in a minute is a RateLimitExceededException that says how long to wait', async () => {
  const attempt = () =>
    limited.sdk.userManagement.authenticateWithPassword({ email: 'ann@example.com', password: 'wrong' });
  for (let tries = 0; tries < 10; tries += 1) {
    expect(await failureOf(attempt())).toBeInstanceOf(GenericServerException);
  }
  const failure = await failureOf(attempt());
  expect(failure).toBeInstanceOf(RateLimitExceededException);
  expect((failure as RateLimitExceededException).retryAfter).toBeGreaterThan(0);
  expect((failure as RateLimitExceededException).retryAfter).toBeLessThanOrEqual(60);
});

expectCoverage(import.meta.url, server);
