// Threat O-02: what a token says of its own key and algorithm is never believed.
import { createHmac, createSecretKey, generateKeyPairSync, sign } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { type JwtChecks, type JwtFaultCode, type JwtPayload, readKid, signJwt, verifyJwt } from './index.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const short = generateKeyPairSync('rsa', { modulusLength: 1_024 });
const wrongCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const now = new Date('2026-01-15T12:00:00Z');
const seconds = now.getTime() / 1_000;
const payload = { iss: 'https://issuer.example', aud: ['a', 'b'], sub: 'user_1', exp: seconds + 60 };

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
/** A token of any header and payload, really signed with the RSA key. */
const forge = (header: unknown, body: unknown = payload, key = rsa.privateKey): string => {
  const signed = `${part(header)}.${part(body)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
};
const outcome = (jwt: string, checks: JwtChecks = {}, key = rsa.publicKey): JwtFaultCode | 'ok' => {
  const result = verifyJwt(jwt, { ...checks, key, algorithms: ['RS256'], now });
  return result.ok ? 'ok' : result.error.code;
};

test.each([
  ['RS256', rsa],
  ['ES256', ec],
] as const)('a token of %s is verified by us and by jose, and one of jose by us', async (alg, pair) => {
  const jwt = await signJwt(payload, { alg, kid: 'key_1', key: pair.privateKey }, 'at+jwt');
  const { protectedHeader } = await jwtVerify(jwt, pair.publicKey, { currentDate: now });
  expect(protectedHeader).toEqual({ alg, kid: 'key_1', typ: 'at+jwt' });
  const options = { key: pair.publicKey, algorithms: [alg], now } as const;
  expect(verifyJwt(jwt, options)).toEqual({
    ok: true,
    value: { header: { alg, kid: 'key_1', typ: 'at+jwt' }, payload },
  });
  const theirs = await new SignJWT(payload).setProtectedHeader({ alg }).sign(pair.privateKey);
  expect(verifyJwt(theirs, options)).toMatchObject({ ok: true, value: { header: { kid: null, typ: null } } });
  expect(readKid(jwt)).toBe('key_1');
});

describe('what a token claims of itself', () => {
  const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
  const withSecret = (secret: string | Buffer): string => {
    const signed = `${part({ alg: 'HS256' })}.${part(payload)}`;
    const digest = createHmac('sha256', createSecretKey(Buffer.from(secret)))
      .update(signed)
      .digest('base64url');
    return `${signed}.${digest}`;
  };
  const jwk = stranger.publicKey.export({ format: 'jwk' });
  const evil = 'http://127.0.0.1:9/jwks';
  const table: readonly (readonly [string, string, JwtFaultCode])[] = [
    ['alg none', `${part({ alg: 'none' })}.${part(payload)}.`, 'malformed'],
    ['alg none with a signature', forge({ alg: 'none' }), 'algorithm_not_allowed'],
    ['alg nOnE', forge({ alg: 'nOnE' }), 'algorithm_not_allowed'],
    ['HS256 with the public key as PEM', withSecret(pem), 'algorithm_not_allowed'],
    [
      'HS256 with the public key as DER',
      withSecret(rsa.publicKey.export({ format: 'der', type: 'spki' })),
      'algorithm_not_allowed',
    ],
    ['an algorithm off the list', forge({ alg: 'ES256' }), 'algorithm_not_allowed'],
    ['rs256', forge({ alg: 'rs256' }), 'algorithm_not_allowed'],
    ['a list of algorithms', forge({ alg: ['RS256'] }), 'algorithm_not_allowed'],
    ['no algorithm', forge({ kid: 'key_1' }), 'algorithm_not_allowed'],
    ["a stranger's key", forge({ alg: 'RS256' }, payload, stranger.privateKey), 'signature_invalid'],
    ["a stranger's jwk", forge({ alg: 'RS256', jwk }, payload, stranger.privateKey), 'signature_invalid'],
    [
      "a stranger's jku",
      forge({ alg: 'RS256', jku: evil }, payload, stranger.privateKey),
      'signature_invalid',
    ],
    [
      "a stranger's x5u",
      forge({ alg: 'RS256', x5u: evil }, payload, stranger.privateKey),
      'signature_invalid',
    ],
    [
      "a stranger's x5c",
      forge({ alg: 'RS256', x5c: ['AA=='] }, payload, stranger.privateKey),
      'signature_invalid',
    ],
    ['a critical extension', forge({ alg: 'RS256', crit: ['exp'] }), 'critical_header'],
    ['an unencoded payload', forge({ alg: 'RS256', b64: false }), 'critical_header'],
    ['the algorithm twice', forge('{"alg":"none","alg":"RS256"}'), 'malformed'],
    ['a claim twice', forge({ alg: 'RS256' }, `{"sub":"a","sub":"b","exp":${seconds + 60}}`), 'malformed'],
    ['__proto__', forge('{"alg":"RS256","__proto__":{}}'), 'malformed'],
    ['a header that is a list', forge('["RS256"]'), 'malformed'],
    ['a payload that is text', forge({ alg: 'RS256' }, '"a"'), 'malformed'],
    ['bytes that are no UTF-8', `${forge({ alg: 'RS256' }).replace(/\.[^.]+\./, '._w.')}`, 'malformed'],
    ['two parts', forge({ alg: 'RS256' }).split('.').slice(0, 2).join('.'), 'malformed'],
    ['four parts', `${forge({ alg: 'RS256' })}.AA`, 'malformed'],
    ['padding', `${forge({ alg: 'RS256' })}==`, 'malformed'],
    ['a line break', `${forge({ alg: 'RS256' })}\n`, 'malformed'],
    ['nothing', '', 'malformed'],
    ['a megabyte', `${'a'.repeat(1_000_000)}.a.a`, 'malformed'],
  ];
  test.each(table)('%s is refused', (_, jwt, code) => {
    expect(outcome(jwt)).toBe(code);
  });

  test('every bit of the signature counts, and the last character has one spelling', () => {
    const jwt = forge({ alg: 'RS256' });
    const last = jwt.at(-1) ?? '';
    for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (other !== last) expect(outcome(jwt.slice(0, -1) + other), other).not.toBe('ok');
    }
  });

  test.each(['../../etc/passwd', "' or 1=1--", 'https://evil.example/k', '\u0001', 'key_2'])(
    'the kid %j chooses nothing here',
    (kid) => {
      expect(outcome(forge({ alg: 'RS256', kid }))).toBe('ok');
      expect(outcome(forge({ alg: 'RS256', kid }, payload, stranger.privateKey))).toBe('signature_invalid');
    },
  );

  test.each([7, null, ['key_1'], { a: 1 }, 'k'.repeat(300)])('%j is no kid', (kid) => {
    expect(readKid(forge({ alg: 'RS256', kid }))).toBeNull();
  });
});

describe('keys that are not for the algorithm', () => {
  test('are refused, whatever they could verify', () => {
    expect(outcome(forge({ alg: 'RS256' }, payload, short.privateKey), {}, short.publicKey)).toBe(
      'signature_invalid',
    );
    expect(outcome(forge({ alg: 'RS256' }, payload, ec.privateKey), {}, ec.publicKey)).toBe(
      'signature_invalid',
    );
    expect(outcome(forge({ alg: 'RS256' }), {}, rsa.privateKey)).toBe('signature_invalid');
    const ours = forge({ alg: 'ES256' }, payload, wrongCurve.privateKey);
    const result = verifyJwt(ours, { key: wrongCurve.publicKey, algorithms: ['ES256'], now });
    expect(result).toMatchObject({ ok: false, error: { code: 'signature_invalid' } });
  });

  test('a signature of ES256 is two numbers side by side, and zeros sign nothing', () => {
    const options = { key: ec.publicKey, algorithms: ['ES256'], now } as const;
    const inDer = forge({ alg: 'ES256' }, payload, ec.privateKey);
    expect(verifyJwt(inDer, options).ok).toBe(false);
    const zeros = `${part({ alg: 'ES256' })}.${part(payload)}.${Buffer.alloc(64).toString('base64url')}`;
    expect(verifyJwt(zeros, options).ok).toBe(false);
  });

  test('sign nothing', async () => {
    const fails = (alg: 'RS256' | 'ES256', key: typeof rsa.privateKey) =>
      expect(signJwt(payload, { alg, kid: 'k', key })).rejects.toThrow('cannot sign');
    await fails('RS256', ec.privateKey);
    await fails('ES256', rsa.privateKey);
    await fails('RS256', short.privateKey);
    await fails('RS256', rsa.publicKey);
  });
});

describe('claims', () => {
  const { exp: _, ...endless } = payload;
  const table: readonly (readonly [string, JwtPayload, JwtChecks, JwtFaultCode | 'ok'])[] = [
    ['nothing asked for', payload, {}, 'ok'],
    ['the issuer', payload, { issuer: 'https://issuer.example' }, 'ok'],
    ['the issuer with a slash', payload, { issuer: 'https://issuer.example/' }, 'issuer_mismatch'],
    ['no issuer', { exp: payload.exp }, { issuer: 'https://issuer.example' }, 'issuer_mismatch'],
    ['one of its audiences', payload, { audience: 'b' }, 'ok'],
    ['one of ours', { ...payload, aud: 'b' }, { audience: ['x', 'b'] }, 'ok'],
    ['another audience', payload, { audience: 'c' }, 'audience_mismatch'],
    ['a part of its audience', { ...payload, aud: 'ab' }, { audience: 'a' }, 'audience_mismatch'],
    ['no audience', endless, { audience: 'undefined', isExpiryOptional: true }, 'audience_mismatch'],
    ['the last moment', { exp: seconds + 0.001 }, {}, 'ok'],
    ['the moment of exp', { exp: seconds }, {}, 'expired'],
    ['within the tolerance', { exp: seconds - 9 }, { toleranceSeconds: 10 }, 'ok'],
    ['at its end', { exp: seconds - 10 }, { toleranceSeconds: 10 }, 'expired'],
    ['no exp', endless, {}, 'claim_malformed'],
    ['no exp where none is needed', endless, { isExpiryOptional: true }, 'ok'],
    ['an old exp where none is needed', { exp: 1 }, { isExpiryOptional: true }, 'expired'],
    ['exp as text', { exp: String(payload.exp) }, {}, 'claim_malformed'],
    ['exp null', { exp: null }, {}, 'claim_malformed'],
    ['nbf now', { ...payload, nbf: seconds }, {}, 'ok'],
    ['nbf later', { ...payload, nbf: seconds + 1 }, {}, 'not_yet_valid'],
    ['nbf as text', { ...payload, nbf: '0' }, {}, 'claim_malformed'],
    ['iat as text', { ...payload, iat: 'now' }, {}, 'claim_malformed'],
  ];
  test.each(table)('%s', (_name, body, checks, wanted) => {
    expect(outcome(forge({ alg: 'RS256' }, body), checks)).toBe(wanted);
  });

  test.each([
    ['at+jwt', 'ok'],
    ['application/at+jwt', 'ok'],
    ['AT+JWT', 'ok'],
    ['JWT', 'type_mismatch'],
    [undefined, 'type_mismatch'],
    [7, 'type_mismatch'],
  ])('the type %j where at+jwt is asked for', (typ, wanted) => {
    expect(outcome(forge({ alg: 'RS256', typ }), { typ: 'at+jwt' })).toBe(wanted);
  });
});
