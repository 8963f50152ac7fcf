import { type KeyObject, verify as verifyBytes } from 'node:crypto';
import { parseJson } from '../../lib/json.ts';
import { type Result, err, ok } from '../../lib/result.ts';
import { type JwtFault, type JwtFaultCode, jwtFault } from './faults.ts';
import { isKeyFor } from './keys.ts';
import { type JwtAlgorithm, type JwtPayload, jwtAlgorithms } from './types.ts';

/** What the claims must say. What is left out is not checked, except the times. */
export interface JwtChecks {
  readonly issuer?: string;
  /** `aud` must name one of these. */
  readonly audience?: string | readonly string[];
  /** The header's `typ`, without `application/` and in any case (RFC 7515 4.1.9). */
  readonly typ?: string;
  /** How far clocks may differ; 0 by default. */
  readonly toleranceSeconds?: number;
  /** True where a token may lack `exp`; a token that has it expires anyway. */
  readonly isExpiryOptional?: boolean;
}

export interface VerifyJwtOptions extends JwtChecks {
  /** The public key. It comes from the caller only: `jku`, `x5u`, `jwk` and `x5c` of the header are not looked at. */
  readonly key: KeyObject;
  readonly algorithms: readonly JwtAlgorithm[];
  readonly now: Date;
}

export interface VerifiedJwt {
  readonly header: { readonly alg: JwtAlgorithm; readonly kid: string | null; readonly typ: string | null };
  readonly payload: JwtPayload;
}

interface Parts {
  header: Readonly<Record<string, unknown>>;
  payload: JwtPayload;
  signed: string;
  signature: Buffer;
}

/** Long enough for any real token, short enough that a caller without a key costs us nothing. */
const longestJwt = 16_384;
const longestKid = 256;

/** The `kid` of a token that nobody has verified yet: good for looking a key up, and for nothing else. Never throws. */
export function readKid(jwt: string): string | null {
  const kid = readParts(jwt)?.header['kid'];
  return typeof kid === 'string' && kid.length <= longestKid ? kid : null;
}

/**
 * Verifies a compact JWS and its claims (RFC 7515 5.2, RFC 7519 7.2). Returns header and payload, or the first fault.
 * Never throws and never asks anybody for a key.
 */
export function verifyJwt(jwt: string, options: VerifyJwtOptions): Result<VerifiedJwt, JwtFault> {
  const parts = readParts(jwt);
  if (parts === null) return err(jwtFault('malformed'));
  const { header, payload } = parts;
  const alg = jwtAlgorithms.find((known) => known === header['alg']);
  if (alg === undefined || !options.algorithms.includes(alg)) return err(jwtFault('algorithm_not_allowed'));
  // RFC 7515 4.1.11: an extension that must be understood is not; `b64` (RFC 7797) would change what is signed.
  if ('crit' in header || 'b64' in header) return err(jwtFault('critical_header'));
  if (!isSignatureValid(parts, alg, options.key)) return err(jwtFault('signature_invalid'));
  for (const check of checks) {
    const code = check(parts, options);
    if (code !== null) return err(jwtFault(code));
  }
  return ok({ header: { alg, kid: textOf(header['kid']), typ: textOf(header['typ']) }, payload });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function readParts(jwt: string): Parts | null {
  if (jwt.length > longestJwt) return null;
  const [head, body, tail, ...rest] = jwt.split('.');
  if (!head || !body || !tail || rest.length > 0) return null;
  const [header, payload, signature] = [readObject(head), readObject(body), decode(tail)];
  if (header === null || payload === null || signature === null) return null;
  return { header, payload, signature, signed: `${head}.${body}` };
}

/** One spelling a value: padding, other alphabets and stray bits are refused (RFC 7515 2). */
function decode(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}

function readObject(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = decode(part);
  const text = bytes?.toString('utf8');
  if (!bytes || text === undefined || !Buffer.from(text).equals(bytes)) return null;
  // A name written twice is refused too: two readers could choose differently (RFC 7515 4).
  const parsed = parseJson(text);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return null;
  return Array.isArray(parsed.value) ? null : (parsed.value as Readonly<Record<string, unknown>>);
}

function isSignatureValid({ signed, signature }: Parts, alg: JwtAlgorithm, key: KeyObject): boolean {
  if (key.type !== 'public' || !isKeyFor(key, alg)) return false;
  const input = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  return verifyBytes('sha256', Buffer.from(signed), input, signature);
}

type Check = (parts: Parts, options: VerifyJwtOptions) => JwtFaultCode | null;

const checkType: Check = ({ header }, { typ }) => {
  const normal = (value: string) => value.toLowerCase().replace(/^application\//, '');
  if (typ === undefined) return null;
  const own = textOf(header['typ']);
  return own !== null && normal(own) === normal(typ) ? null : 'type_mismatch';
};

const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const checkShapes: Check = ({ payload }, { isExpiryOptional }) => {
  const hasExpiry = 'exp' in payload || isExpiryOptional === true;
  const areTimes = ['exp', 'nbf', 'iat'].every((name) => !(name in payload) || isTime(payload[name]));
  return hasExpiry && areTimes ? null : 'claim_malformed';
};

const checkIssuer: Check = ({ payload }, { issuer }) =>
  issuer === undefined || payload['iss'] === issuer ? null : 'issuer_mismatch';

const checkAudience: Check = ({ payload: { aud } }, { audience }) => {
  if (audience === undefined) return null;
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const accepted = typeof audience === 'string' ? [audience] : audience;
  return accepted.some((one) => named.includes(one)) ? null : 'audience_mismatch';
};

const checkTimes: Check = ({ payload: { exp, nbf } }, { now, toleranceSeconds = 0 }) => {
  const nowSeconds = now.getTime() / 1_000;
  // "On or after" (RFC 7519 4.1.4): at the second of `exp` it is over.
  if (typeof exp === 'number' && exp + toleranceSeconds <= nowSeconds) return 'expired';
  return typeof nbf === 'number' && nbf - toleranceSeconds > nowSeconds ? 'not_yet_valid' : null;
};

const checks: readonly Check[] = [checkType, checkShapes, checkIssuer, checkAudience, checkTimes];
