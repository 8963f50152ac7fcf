import type { z } from 'zod';
import type { ApiError } from '../../../platform/errors.ts';
import type { RequestFacts } from '../../../platform/operation.ts';
import type { PasswordHasher } from '../../../platform/password-hashing.ts';
import type { Quotas } from '../../../platform/quota.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { Attempt } from '../attempts.ts';
import type { CompletionDeps } from '../complete.ts';
import type { AuthenticateResponse, Caller } from '../contract.ts';

export interface GrantDeps extends CompletionDeps {
  passwordHasher: PasswordHasher;
  quotas: Quotas;
}

/** What every grant's body has. */
export interface GrantBody {
  client_id: string;
  client_secret?: string | undefined;
  ip_address?: string | null | undefined;
  user_agent?: string | null | undefined;
}

export interface GrantInput<Body, Prepared> {
  body: Body;
  prepared: Prepared;
  caller: Caller;
  /** True when the client proved itself with its secret. */
  isConfidential: boolean;
}

/**
 * How a grant ends. An attempt goes through the pipeline; `answered` is a session that exists already; an error keeps
 * what was written, where one that is thrown undoes it.
 */
export type GrantOutcome =
  { kind: 'proven'; attempt: Attempt } | { kind: 'answered'; response: AuthenticateResponse } | ApiError;

/** One way to be granted tokens: what it takes and how it proves who somebody is. */
export interface Grant<Body extends GrantBody = GrantBody, Prepared = unknown> {
  /** An object with the literal `grant_type`. */
  readonly body: z.ZodType<Body>;
  /** False when the client must prove itself with its secret, whatever else it sends. */
  readonly isForPublicClients: boolean;
  /** Slow work and quotas, before the transaction. */
  prepare?(reader: Reader, body: Body, deps: GrantDeps): Promise<Prepared>;
  run(tx: Tx, input: GrantInput<Body, Prepared>, deps: GrantDeps): Promise<GrantOutcome>;
}

/** Declares a grant: its types are checked here and erased. */
export function defineGrant<Body extends GrantBody, Prepared>(grant: Grant<Body, Prepared>): Grant {
  return grant as unknown as Grant;
}

/** Who signs in: what the application's server says, else who called. */
export function callerOf(body: GrantBody, request: RequestFacts, isConfidential: boolean): Caller {
  if (isConfidential) return { ip_address: body.ip_address ?? null, user_agent: body.user_agent ?? null };
  return { ip_address: request.address, user_agent: request.userAgent?.slice(0, 1_024) ?? null };
}
