import { hashToken } from '../../platform/encryption.ts';
import { makeToken } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import { type AuthenticationMethod, whenSignedOut } from '../sessions/index.ts';
import { whenPasswordChanges } from '../users/index.ts';
import type { Attempt, Caller, HostedState } from './contract.ts';
import * as store from './store.ts';

const pendingMs = 600_000;

/** What a former password or an ended browser began comes to nothing: its pending tokens and codes are no good. */
whenSignedOut(store.deleteOpenAttempts);
whenPasswordChanges((tx, userId) => store.deleteOpenAttempts(tx, { userId }));
/** People look for their password, read mail, are called away. */
const hostedMs = 3_600_000;

/** Begins a sign-in by API, with somebody who has proven who they are. Its row is made when it is interrupted. */
export function beginAttempt(
  tx: Tx,
  known: { caller: Caller; userId: string; method: AuthenticationMethod },
): Attempt {
  return {
    id: tx.newId('login_attempt'),
    userId: known.userId,
    state: {
      caller: known.caller,
      method: known.method,
      organization_id: null,
      browser_session_id: null,
      authenticated_at: null,
      hosted: null,
    },
    sessionId: null,
    completedAt: null,
    isStored: false,
  };
}

/** Begins a sign-in on our pages, for one browser. */
export async function beginHostedAttempt(
  tx: Tx,
  known: { caller: Caller; organizationId: string | null; hosted: HostedState; browserHash: Buffer },
): Promise<Attempt> {
  return store.insertAttempt(tx, {
    id: tx.newId('login_attempt'),
    user_id: null,
    state: {
      caller: known.caller,
      method: null,
      organization_id: known.organizationId,
      browser_session_id: null,
      authenticated_at: null,
      hosted: known.hosted,
    },
    browser_hash: known.browserHash,
    pending_hash: null,
    expires_at: new Date(tx.now.getTime() + hostedMs),
  });
}

/** Makes the token with which the next grant goes on, in the place of the one before. */
export async function issuePendingToken(tx: Tx, attempt: Attempt): Promise<string> {
  const token = makeToken();
  const expiresAt = new Date(tx.now.getTime() + pendingMs);
  const pending = { pending_hash: hashToken(token), expires_at: expiresAt };
  if (attempt.isStored) await store.updatePending(tx, attempt, pending);
  else {
    const { id, userId, state } = attempt;
    await store.insertAttempt(tx, { id, user_id: userId, state, browser_hash: null, ...pending });
  }
  return token;
}

const codeMs = 600_000;

/** Makes the authorization code of a sign-in that passed every step; the one before it stops working. */
export async function issueCode(tx: Tx, attempt: Attempt): Promise<string> {
  const code = makeToken(32);
  const expiresAt = new Date(tx.now.getTime() + codeMs);
  await store.updateCode(tx, attempt, { code_hash: hashToken(code), code_expires_at: expiresAt });
  return code;
}
