import { ApiError, oauthError } from '../../platform/errors.ts';
import type { Answer, Input } from '../../platform/operation.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Keyring, Signer } from '../signing-keys/index.ts';
import { issuePendingToken } from './attempts.ts';
import { type TokenRequest, withRefreshCookie } from './browser-applications.ts';
import { completeSignIn } from './complete.ts';
import type { AuthenticateResponse } from './contract.ts';
import { type Grant, type GrantDeps, callerOf } from './grants/grant.ts';
import { type AuthenticateBody, grantOf } from './grants/index.ts';
import { type Advance, advance } from './pipeline.ts';

type AuthenticateInput = Input<undefined, undefined, AuthenticateBody, PreparedGrant>;

export interface GrantEndpointDeps extends Omit<GrantDeps, 'signer'> {
  keyring: Keyring;
}

export interface PreparedGrant {
  /** What the grant itself prepared. */
  granted: unknown;
  signer: Signer;
}

const isConfidential = ({ principal }: Reader): boolean => principal.kind === 'api_key';

/** What a grant does before the transaction. */
export async function prepareGrant(
  reader: Reader,
  { body }: Pick<AuthenticateInput, 'body'>,
  deps: GrantEndpointDeps,
): Promise<PreparedGrant> {
  const grant = grantOf(body.grant_type);
  requireSecret(reader, grant);
  const granted = await grant.prepare?.(reader, body as never, deps);
  return { granted, signer: await deps.keyring.signer(reader.environmentId, 'session') };
}

function requireSecret(reader: Reader, grant: Grant): void {
  if (grant.isForPublicClients || isConfidential(reader)) return;
  throw oauthError('invalid_client', 'This grant needs the client_secret.');
}

/** What a grant answers without a transaction, if it can. */
export function authenticateAlone(
  reader: Reader,
  input: AuthenticateInput,
  endpointDeps: GrantEndpointDeps,
): Promise<AuthenticateResponse | Answer | ApiError | null> {
  const { runAlone } = grantOf(input.body.grant_type);
  if (!runAlone) return Promise.resolve(null);
  const deps: GrantDeps = { ...endpointDeps, signer: input.prepared.signer };
  return withRefreshCookie(reader, deps, tokenRequest(reader, input), (body) =>
    runAlone(reader, body as never, deps),
  );
}

/** Runs a grant and, when it proves who somebody is, every step between that and the session. */
export function authenticate(
  tx: Tx,
  input: AuthenticateInput,
  endpointDeps: GrantEndpointDeps,
): Promise<AuthenticateResponse | Answer | ApiError | null> {
  const deps: GrantDeps = { ...endpointDeps, signer: input.prepared.signer };
  return withRefreshCookie(tx, deps, tokenRequest(tx, input), (body) =>
    runGrant(tx, { ...input, body }, deps),
  );
}

const tokenRequest = (reader: Reader, { body, request }: AuthenticateInput): TokenRequest => ({
  body,
  request,
  isConfidential: isConfidential(reader),
});

async function runGrant(
  tx: Tx,
  { body, prepared, request }: AuthenticateInput,
  deps: GrantDeps,
): Promise<AuthenticateResponse | ApiError> {
  const confidential = isConfidential(tx);
  const outcome = await grantOf(body.grant_type).run(
    tx,
    {
      body,
      prepared: prepared.granted,
      caller: callerOf(body, request, confidential),
      isConfidential: confidential,
    } as never,
    deps,
  );
  if (outcome instanceof ApiError) return outcome;
  if (outcome.kind === 'answered') return outcome.response;
  const advanced = await advance(tx, outcome.attempt, deps);
  if (advanced.kind === 'refused') return advanced.error;
  if (advanced.kind === 'interrupted') return interrupt(tx, advanced);
  return completeSignIn(tx, advanced.signIn, deps);
}

/** 403 with the token that the next grant goes on with; returned, so that what was found out is kept. */
async function interrupt(
  tx: Tx,
  { signIn, interruption }: Extract<Advance, { kind: 'interrupted' }>,
): Promise<ApiError> {
  const token = await issuePendingToken(tx, signIn.attempt);
  return new ApiError(interruption.code, {
    status: 403,
    message: interruption.message,
    fields: { ...interruption.fields, pending_authentication_token: token },
  });
}
