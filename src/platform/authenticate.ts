import { oauthError, unauthorized } from './errors.ts';
import type { Principal } from './scope.ts';

/** Turns one kind of credential into a principal; each kind's slice provides its own. */
export interface Authenticator {
  /** True for tokens of this authenticator's shape. */
  recognizes(bearer: string): boolean;
  /** The principal, or null for a token that is unknown, revoked or expired. */
  authenticate(bearer: string): Promise<Principal | null>;
}

const bearerPattern = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** Reads `Authorization: Bearer ...` (RFC 6750 2.1). Tokens in the query string are never read. */
export function readBearer(header: string | null | undefined): string | null {
  return header ? (bearerPattern.exec(header)?.[1] ?? null) : null;
}

/**
 * Finds who is calling.
 * @throws ApiError 401 without a credential, or with one that is not valid
 */
export async function authenticate(
  authenticators: readonly Authenticator[],
  bearer: string | null,
): Promise<Principal> {
  if (bearer === null) throw unauthorized();
  const authenticator = authenticators.find((candidate) => candidate.recognizes(bearer));
  const principal = await authenticator?.authenticate(bearer);
  if (!principal) throw unauthorized();
  return principal;
}

/**
 * Finds which client sent this `client_secret` in its body.
 * @throws ApiError 400 `invalid_client` (RFC 6749 5.2) for one that is not valid
 */
export async function authenticateClient(
  authenticators: readonly Authenticator[],
  secret: string,
): Promise<Principal> {
  const authenticator = authenticators.find((candidate) => candidate.recognizes(secret));
  const principal = await authenticator?.authenticate(secret);
  if (!principal) throw oauthError('invalid_client', 'The client_secret is not valid.');
  return principal;
}

/**
 * Shares look-ups of one key that arrive while none of them has been sent: a burst of requests with one token costs
 * one statement, and every look-up still starts after its request arrived, so a revocation is never missed.
 */
export function coalesce<Value>(load: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const queued = new Map<string, Promise<Value>>();
  const inFlight = new Map<string, Promise<Value>>();
  const start = async (key: string, previous: Promise<Value> | undefined): Promise<Value> => {
    await previous?.catch(() => undefined);
    queued.delete(key);
    const loading = load(key);
    inFlight.set(key, loading);
    try {
      return await loading;
    } finally {
      if (inFlight.get(key) === loading) inFlight.delete(key);
    }
  };
  return (key) => {
    const waiting = queued.get(key);
    if (waiting) return waiting;
    const next = start(key, inFlight.get(key));
    queued.set(key, next);
    return next;
  };
}
