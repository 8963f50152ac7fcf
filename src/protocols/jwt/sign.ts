import assert from 'node:assert/strict';
import { type KeyObject, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { isKeyFor } from './keys.ts';
import type { JwtAlgorithm, JwtPayload } from './types.ts';

/** A private key and what the header says of it. */
export interface JwtSigningKey {
  readonly alg: JwtAlgorithm;
  readonly kid: string;
  readonly key: KeyObject;
}

/** With a callback, OpenSSL works on the thread pool: an RSA signature would hold the event loop for 0.3 ms. */
const signOffThread = promisify(signBytes);

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * Signs a payload as a compact JWS (RFC 7515 7.1). The header holds `alg`, `kid` and, where it is given, `typ`.
 * @throws AssertionError when the key is not one of its algorithm
 */
export async function signJwt(
  payload: JwtPayload,
  { alg, kid, key }: JwtSigningKey,
  typ?: string,
): Promise<string> {
  assert(key.type === 'private' && isKeyFor(key, alg), `the key ${kid} cannot sign ${alg}`);
  const header = { alg, kid, ...(typ === undefined ? {} : { typ }) };
  const signed = `${encode(header)}.${encode(payload)}`;
  // JOSE wants the two numbers of an ECDSA signature side by side, not in DER (RFC 7518 3.4).
  const input = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  const signature = await signOffThread('sha256', Buffer.from(signed), input);
  return `${signed}.${signature.toString('base64url')}`;
}
