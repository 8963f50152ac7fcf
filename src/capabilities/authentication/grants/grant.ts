import type { z } from 'zod';
import type { ApiError } from '../../../platform/errors.ts';
import type { RequestFacts } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { CompletionDeps } from '../complete.ts';
import type { Rotate } from '../../sessions/index.ts';
import type { PasswordMethodDeps } from '../methods/password.ts';
import type { Attempt, AuthenticateResponse, Caller } from '../contract.ts';

export interface GrantDeps extends CompletionDeps, PasswordMethodDeps {
  rotate: Rotate;
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

/** One way to be granted tokens, as the endpoint sees it. */
export interface Grant<Schema extends z.ZodObject = z.ZodObject> {
  readonly body: Schema;
  readonly isForPublicClients: boolean;
  readonly prepare: ((reader: Reader, body: never, deps: PasswordMethodDeps) => Promise<unknown>) | null;
  readonly runAlone:
    ((reader: Reader, body: never, deps: GrantDeps) => Promise<AuthenticateResponse | null>) | null;
  readonly run: (tx: Tx, input: never, deps: GrantDeps) => Promise<GrantOutcome>;
}

interface GrantSpec<Schema extends z.ZodObject, Prepared> {
  /** An object with the literal `grant_type` and the fields of every grant. */
  body: Schema;
  /** False when the client must prove itself with its secret, whatever else it sends. */
  isForPublicClients: boolean;
  /** Slow work and quotas, before the transaction. */
  prepare?: (reader: Reader, body: z.output<Schema>, deps: PasswordMethodDeps) => Promise<Prepared>;
  /** As `runAlone` of an operation: the usual case of a grant that answers by one statement. */
  runAlone?: (
    reader: Reader,
    body: z.output<Schema>,
    deps: GrantDeps,
  ) => Promise<AuthenticateResponse | null>;
  /** Proves who somebody is. */
  run: (tx: Tx, input: GrantInput<z.output<Schema>, Prepared>, deps: GrantDeps) => Promise<GrantOutcome>;
}

/** Declares a grant: what it takes and how it proves who somebody is. Its types are checked here and erased. */
export function defineGrant<Schema extends z.ZodObject, Prepared = undefined>(
  spec: GrantSpec<Schema, Prepared>,
): Grant<Schema> {
  return { ...spec, prepare: spec.prepare ?? null, runAlone: spec.runAlone ?? null };
}

/** Who signs in: what the application's server says, else who called. */
export function callerOf(body: GrantBody, request: RequestFacts, isConfidential: boolean): Caller {
  if (isConfidential) return { ip_address: body.ip_address ?? null, user_agent: body.user_agent ?? null };
  return { ip_address: request.address, user_agent: request.userAgent?.slice(0, 1_024) ?? null };
}
