import { X509Certificate, createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { type SigningKeyPurpose, createKeyring } from './index.ts';

const server = useServer();
const keyring = () => createKeyring(server);
const claims = (seconds = 300) => ({
  sub: 'user_1',
  exp: Math.floor(server.clock.now().getTime() / 1_000) + seconds,
});
const token = async (environmentId: string, purpose: SigningKeyPurpose = 'session') =>
  (await keyring().signer(environmentId, purpose)).sign(claims());
const jwksOf = async (clientId: string) =>
  (await (await fetch(`${server.url}/sso/jwks/${clientId}`)).json()) as { keys: Record<string, unknown>[] };
const verify = (jwt: string, clientId: string) =>
  jwtVerify(jwt, createRemoteJWKSet(new URL(`${server.url}/sso/jwks/${clientId}`)), {
    currentDate: server.clock.now(),
  });

test('an environment that has signed nothing yet publishes a key, and signs with it', async () => {
  const environment = await server.addEnvironment('production');
  const { keys } = await jwksOf(environment.clientId);
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(
    ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t#S256'].sort(),
  );
  expect(keys[0]).toMatchObject({ alg: 'RS256', kty: 'RSA', use: 'sig', e: 'AQAB' });
  const jwt = await token(environment.id);
  expect((await verify(jwt, environment.clientId)).protectedHeader).toEqual({
    alg: 'RS256',
    kid: keys[0]?.['kid'],
  });
});

test('the certificate is of the key, and its thumbprint is right', async () => {
  const [key] = (await jwksOf(server.clientId)).keys;
  const der = Buffer.from(String([key?.['x5c']].flat()[0]), 'base64');
  const certificate = new X509Certificate(der);
  expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ n: key?.['n'], e: key?.['e'] });
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(createHash('sha256').update(der).digest('base64url')).toBe(key?.['x5t#S256']);
});

test('the answer can be cached, and asked for again by its tag', async () => {
  const { headers } = await server.anonymous.get(`/sso/jwks/${server.clientId}`);
  expect(headers.get('cache-control')).toBe('public, max-age=300');
  const held = { 'if-none-match': String(headers.get('etag')) };
  const again = await fetch(`${server.url}/sso/jwks/${server.clientId}`, { headers: held });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([
    304,
    '',
    headers.get('etag'),
  ]);
  await server.api.post('/management/signing_keys/rotate');
  const changed = await fetch(`${server.url}/sso/jwks/${server.clientId}`, { headers: held });
  expect(changed.status).toBe(200);
});

test('a token of one environment is unknown in another, and its keys are its own', async () => {
  const jwt = await token(server.id);
  await expect(verify(jwt, server.other.clientId)).rejects.toThrow(errors.JWKSNoMatchingKey);
  expect(await keyring().verify(server.other.id, 'session', jwt)).toMatchObject({
    error: { code: 'unknown_key' },
  });
  expect(await keyring().verify(server.id, 'session', jwt)).toMatchObject({ ok: true });
});

test('a token of one purpose is refused for another (threat O-12)', async () => {
  const jwt = await token(server.id, 'connect');
  expect(await keyring().verify(server.id, 'connect', jwt)).toMatchObject({ ok: true });
  expect(await keyring().verify(server.id, 'session', jwt)).toMatchObject({ error: { code: 'unknown_key' } });
  await expect(verify(jwt, server.clientId)).rejects.toThrow(errors.JWKSNoMatchingKey);
});

test.each([
  'client_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  'nobody',
  '%00',
  '%E0%A4%A',
  '..%2F..%2Fetc',
  "'%20or%201=1--",
  'x'.repeat(5_000),
])('the client id %s is unknown: 404', async (clientId) => {
  const { status, body } = await server.anonymous.get(`/sso/jwks/${clientId}`);
  expect([status, body.code]).toEqual([404, 'entity_not_found']);
});

test('neither a key nor the host changes whose keys are shown', async () => {
  const own = await jwksOf(server.clientId);
  expect((await server.other.api.get(`/sso/jwks/${server.clientId}`)).body).toEqual(own);
  const elsewhere = `/environments/${server.other.clientId}/sso/jwks/${server.clientId}`;
  expect((await server.anonymous.get(elsewhere)).body).toEqual(own);
});

test("the official SDK's address of the keys is this one", async () => {
  const url = server.sdk.userManagement.getJwksUrl(server.clientId);
  expect(new URL(url).pathname).toBe(`/sso/jwks/${server.clientId}`);
  const { payload } = await jwtVerify(await token(server.id), createRemoteJWKSet(new URL(url)));
  expect(payload.sub).toBe('user_1');
});
