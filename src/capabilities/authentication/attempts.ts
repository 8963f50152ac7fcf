import { hashToken } from '../../platform/encryption.ts';
import { makeToken } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { AuthenticationMethod } from '../sessions/index.ts';
import type { Attempt, AttemptState, Caller } from './contract.ts';
import * as store from './store.ts';

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
