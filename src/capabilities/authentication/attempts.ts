import { hashToken } from '../../platform/encryption.ts';
import { makeToken } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { AuthenticationMethod } from '../sessions/index.ts';
import type { Caller } from './contract.ts';
import * as store from './store.ts';

/** What an application asked for when it sent somebody to sign in. */
export interface AuthorizeRequest {
  redirect_uri: string;
  state: string | null;
  code_challenge: string | null;
  login_hint: string | null;
  screen_hint: 'sign-in' | 'sign-up';
}

/** What a sign-in has found out so far. Stored as it is. */
export interface AttemptState {
  caller: Caller;
  /** What the person proved themselves with first; null until they have. */
  method: AuthenticationMethod | null;
  /** The organization that was asked for, or chosen on the way. */
  organization_id: string | null;
  /** Null for a sign-in by API. */
  request: AuthorizeRequest | null;
  /** Where the person is on our pages. */
  email: string | null;
}

/** One sign-in on its way. */
export interface Attempt {
  readonly id: string;
  userId: string | null;
  state: AttemptState;
  sessionId: string | null;
  readonly completedAt: string | null;
}

const pendingMs = 600_000;

/** Begins a sign-in that has no browser: by API. */
export async function beginAttempt(
  tx: Tx,
  known: { caller: Caller; userId: string; method: AuthenticationMethod },
): Promise<Attempt> {
  const state: AttemptState = {
    caller: known.caller,
    method: known.method,
    organization_id: null,
    request: null,
    email: null,
  };
  return store.insertAttempt(tx, {
    id: tx.newId('login_attempt'),
    user_id: known.userId,
    state,
    browser_hash: null,
    expires_at: new Date(tx.now.getTime() + pendingMs),
  });
}

/** Makes the token with which the next grant goes on, in the place of the one before. */
export async function issuePendingToken(tx: Tx, attempt: Attempt): Promise<string> {
  const token = makeToken();
  const expiresAt = new Date(tx.now.getTime() + pendingMs);
  await store.updatePending(tx, attempt, { pending_hash: hashToken(token), expires_at: expiresAt });
  return token;
}
