// Threats O-13 and R-12: keys change and leak while others sign and verify.
import { SignJWT, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { createKeyring } from './index.ts';
import { longestTokenSeconds, overlapSeconds, publishAheadSeconds } from './schedule.ts';

const server = useServer();
const path = '/management/signing_keys';
const seconds = () => Math.floor(server.clock.now().getTime() / 1_000);
const advance = (by: number) => server.clock.setOffset(server.clock.offsetMs + by * 1_000);

/** An environment with a keyring on each of two nodes, as two processes have them. */
async function startTwo() {
  const environment = await server.addEnvironment('production');
  const node = await server.startNode();
  const open = (database: typeof server.database) => {
    const { encryption, clock } = server;
    const keyring = createKeyring({ database, encryption, clock });
    return {
      kid: async () => (await keyring.signer(environment.id, 'session')).kid,
      alg: async () => (await keyring.signer(environment.id, 'session')).alg,
      sign: async (life = 300) =>
        (await keyring.signer(environment.id, 'session')).sign({ sub: 'user_1', exp: seconds() + life }),
      fault: async (jwt: string) => {
        const result = await keyring.verify(environment.id, 'session', jwt);
        return result.ok ? null : result.error.code;
      },
      published: async () => (await keyring.publicKeys(environment.id, 'session')).map(({ kid }) => kid),
    };
  };
  const jwks = createRemoteJWKSet(new URL(`${node.url}/sso/jwks/${environment.clientId}`), {
    cooldownDuration: 0,
  });
  const verifyOutside = (jwt: string) => jwtVerify(jwt, jwks, { currentDate: server.clock.now() });
  return { ...environment, a: open(server.database), b: open(node.database), verifyOutside };
}

test('nodes and requests that need the first key at once end with one', async () => {
  const { a, b, api } = await startTwo();
  const kids = await Promise.all([a.kid(), b.kid(), a.kid(), b.kid(), a.kid()]);
  expect(new Set(kids).size).toBe(1);
  expect((await api.get(path)).body.data).toMatchObject([
    { id: kids[0], state: 'signing', expires_at: null },
  ]);
  expect(await b.fault(await a.sign())).toBeNull();
});

test('a new key is published before it signs, and the old one until its last token has expired', async () => {
  const { a, b, api, verifyOutside } = await startTwo();
  const [old, oldToken] = [await a.kid(), await a.sign(longestTokenSeconds)];
  const { status, body } = await api.post(`${path}/rotate`);
  expect([status, body.state, body.purpose, body.algorithm]).toEqual([201, 'pending', 'session', 'RS256']);
  expect(await b.published()).toEqual([body.id, old]);
  expect([await a.kid(), await b.kid()]).toEqual([old, old]);

  advance(publishAheadSeconds - 60);
  const lastToken = await b.sign(longestTokenSeconds);
  expect((await verifyOutside(lastToken)).protectedHeader.kid).toBe(old);
  advance(61);
  await vi.waitFor(async () => expect([await a.kid(), await b.kid()]).toEqual([body.id, body.id]));
  expect((await verifyOutside(await a.sign())).protectedHeader.kid).toBe(body.id);
  expect((await verifyOutside(oldToken)).protectedHeader.kid).toBe(old);
  const states = (await api.get(path)).body.data.map(({ id, state }: { id: string; state: string }) => [
    id,
    state,
  ]);
  expect(states).toEqual([
    [body.id, 'signing'],
    [old, 'retiring'],
  ]);

  advance(longestTokenSeconds - 92);
  expect(await a.fault(lastToken)).toBeNull();
  expect(await a.published()).toEqual([body.id, old]);
  advance(overlapSeconds - longestTokenSeconds + 150);
  expect(await a.published()).toEqual([body.id]);
  expect(await b.fault(lastToken)).toBe('unknown_key');
  expect((await api.get(`${path}?order=asc`)).body.data[0]).toMatchObject({ id: old, state: 'expired' });
});

test('a key that is to sign immediately does, and both verify everywhere', async () => {
  const { a, b, api, verifyOutside } = await startTwo();
  const before = await a.sign();
  await verifyOutside(before);
  const { body } = await api.post(`${path}/rotate`, { immediately: true });
  expect(body.state).toBe('signing');
  await vi.waitFor(async () => expect([await a.kid(), await b.kid()]).toEqual([body.id, body.id]), 10_000);
  const after = await b.sign();
  expect([await a.fault(before), await a.fault(after)]).toEqual([null, null]);
  expect((await verifyOutside(after)).protectedHeader.kid).toBe(body.id);
});

test('a node verifies a key that another made within its second of staleness', async () => {
  const { a, b } = await startTwo();
  const first = await a.sign();
  expect(await b.fault(first)).toBeNull();
  const { api, id } = await startTwo();
  const { database, encryption, clock } = server;
  const [signing, verifying] = [1, 2].map(() => createKeyring({ database, encryption, clock }));
  const check = async () => {
    const signer = await signing?.signer(id, 'session');
    const jwt = await signer?.sign({ exp: seconds() + 60 });
    return [signer?.kid, (await verifying?.verify(id, 'session', String(jwt)))?.ok];
  };
  await check();
  const { body } = await api.post(`${path}/rotate`, { immediately: true });
  await vi.waitFor(async () => expect(await check()).toEqual([body.id, true]), 10_000);
});

test('a leaked key is out of the JWKS at once, refused on every node within a second, and replaced', async () => {
  const { a, b, api, verifyOutside } = await startTwo();
  const stolen = await a.sign();
  expect([await a.fault(stolen), await b.fault(stolen)]).toEqual([null, null]);
  const leaked = await a.kid();
  const { status, body } = await api.post(`${path}/${leaked}/revoke`);
  const revokedAtMs = performance.now();
  expect([status, body.state, body.revoked_at]).toEqual([200, 'revoked', expect.any(String)]);
  const [successor, ...rest] = await b.published();
  expect([successor === leaked, rest]).toEqual([false, []]);
  const late: unknown[] = [];
  const wanted = ['unknown_key', 'unknown_key', successor, successor];
  await vi.waitFor(async () => {
    const isLate = performance.now() - revokedAtMs > 1_000;
    const seen = [await a.fault(stolen), await b.fault(stolen), await a.kid(), await b.kid()];
    if (isLate && seen.join() !== wanted.join()) late.push(seen);
    expect(seen).toEqual(wanted);
  }, 10_000);
  expect(late).toEqual([]);
  await expect(verifyOutside(stolen)).rejects.toThrow();
  await verifyOutside(await b.sign());

  const again = await api.post(`${path}/${leaked}/revoke`);
  expect([again.status, again.body]).toEqual([200, body]);
  expect((await api.get(path)).body.data).toHaveLength(2);
});

test('two revocations at once make one successor', async () => {
  const { a, api } = await startTwo();
  const leaked = await a.kid();
  const answers = await Promise.all([1, 2, 3].map(() => api.post(`${path}/${leaked}/revoke`)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await api.get(path)).body.data).toHaveLength(2);
});

test('a key that waits is replaced by one that signs; a retiring one needs no replacement', async () => {
  const { a, api } = await startTwo();
  const first = await a.kid();
  const pending = (await api.post(`${path}/rotate`)).body.id as string;
  await api.post(`${path}/${pending}/revoke`);
  const [second] = (await api.get(path)).body.data;
  expect(second).toMatchObject({ state: 'signing' });
  expect((await api.post(`${path}/${first}/revoke`)).body.state).toBe('revoked');
  expect(await a.published()).toEqual([second.id]);
  await vi.waitFor(async () => expect(await a.kid()).toBe(second.id), 10_000);
});

test('rotations at once take turns: every key is made, one signs', async () => {
  const { a, api } = await startTwo();
  await a.kid();
  const made = await Promise.all([1, 2, 3, 4].map(() => api.post(`${path}/rotate`, { immediately: true })));
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const { data } = (await api.get(path)).body;
  expect(data.filter(({ state }: { state: string }) => state === 'signing')).toHaveLength(1);
  expect(data.filter(({ state }: { state: string }) => state === 'retiring')).toHaveLength(4);
});

test('another algorithm makes a key on the next use, which signs when it can be known; both are published', async () => {
  const { a, api, clientId, verifyOutside } = await startTwo();
  expect(await a.alg()).toBe('RS256');
  const settings = { access_tokens: { algorithm: 'ES256' } };
  expect((await api.patch('/management/settings', settings)).body.access_tokens).toEqual({
    algorithm: 'ES256',
  });
  const response = await fetch(`${server.url}/sso/jwks/${clientId}`);
  const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
  expect(keys.map(({ alg, kty }) => [alg, kty])).toEqual([
    ['ES256', 'EC'],
    ['RS256', 'RSA'],
  ]);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'x5c', 'x5t#S256', 'y'].sort(),
  );
  expect(await a.alg()).toBe('RS256');
  advance(publishAheadSeconds + 1);
  await vi.waitFor(async () => expect(await a.alg()).toBe('ES256'), 10_000);
  const jwt = await a.sign();
  expect((await verifyOutside(jwt)).protectedHeader.alg).toBe('ES256');
  expect(await a.fault(jwt)).toBeNull();
});

test('an algorithm named with a rotation becomes the setting', async () => {
  const { a, api } = await startTwo();
  const { body } = await api.post(`${path}/rotate`, { algorithm: 'ES256', immediately: true });
  expect([body.algorithm, body.state]).toEqual(['ES256', 'signing']);
  expect((await api.get('/management/settings')).body.access_tokens).toEqual({ algorithm: 'ES256' });
  expect(await a.published()).toEqual([body.id]);
  expect(await a.alg()).toBe('ES256');
});

test.each([
  ['another key under a kid of ours', (kid: string) => ({ alg: 'RS256', kid }), 'signature_invalid'],
  ['a kid of nobody', () => ({ alg: 'RS256', kid: 'key_01HZZZZZZZZZZZZZZZZZZZZZZZ' }), 'unknown_key'],
  ['a path', () => ({ alg: 'RS256', kid: '../../etc/passwd' }), 'unknown_key'],
  ['a statement', () => ({ alg: 'RS256', kid: "' or 1=1--" }), 'unknown_key'],
  ['an address', () => ({ alg: 'RS256', kid: 'https://evil.example/k' }), 'unknown_key'],
  ['NUL', () => ({ alg: 'RS256', kid: 'key_\0' }), 'unknown_key'],
  ['no kid', () => ({ alg: 'RS256' }), 'unknown_key'],
])('a forged token with %s is refused', async (_, header, code) => {
  const { a } = await startTwo();
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = await exportJWK(publicKey);
  const jwt = await new SignJWT({ sub: 'user_1' })
    .setProtectedHeader({ ...header(await a.kid()), jwk, jku: `${server.url}/evil` })
    .setExpirationTime(seconds() + 60)
    .sign(privateKey);
  expect(await a.fault(jwt)).toBe(code);
});

test('nothing is signed that outlives the overlap, or for ever', async () => {
  const signer = await createKeyring(server).signer(server.id, 'session');
  await expect(signer.sign({ sub: 'user_1' })).rejects.toThrow('expires within a day');
  await expect(signer.sign({ exp: seconds() + longestTokenSeconds + 60 })).rejects.toThrow(
    'expires within a day',
  );
});
