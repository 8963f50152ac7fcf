import { sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Attempt, AttemptState } from './contract.ts';

const columns = sql`
  id, user_id as "userId", state, session_id as "sessionId", completed_at as "completedAt", true as "isStored"`;

interface NewAttempt {
  id: string;
  user_id: string | null;
  state: AttemptState;
  browser_hash: Buffer | null;
  pending_hash: Buffer | null;
  expires_at: Date;
}

export function insertAttempt(tx: Tx, row: NewAttempt): Promise<Attempt> {
  return tx.one<Attempt>(sql`
    insert into login_attempt (environment_id, id, user_id, state, browser_hash, pending_hash, expires_at, created_at,
      updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.user_id}, ${JSON.stringify(row.state)}, ${row.browser_hash},
      ${row.pending_hash}, ${row.expires_at}, ${tx.now}, ${tx.now})
    returning ${columns}`);
}

/** The attempt of a pending token, held; null when it is unknown, over or expired. */
export function findAttemptByPendingToken(tx: Tx, pendingHash: Buffer): Promise<Attempt | null> {
  return tx.maybeOne<Attempt>(sql`
    select ${columns} from login_attempt
    where environment_id = ${tx.environmentId} and pending_hash = ${pendingHash} and completed_at is null
      and expires_at > ${tx.now}
    for update`);
}

/** The attempt of an authorization code, held, whether the code was used before or not. */
export function findAttemptByCode(
  tx: Tx,
  codeHash: Buffer,
): Promise<(Attempt & { code_expires_at: string }) | null> {
  return tx.maybeOne<Attempt & { code_expires_at: string }>(sql`
    select ${columns}, code_expires_at from login_attempt
    where environment_id = ${tx.environmentId} and code_hash = ${codeHash}
    for update`);
}

/** Ends the time of a code. The code stays, so that its second use is known for one. */
export async function spendCode(tx: Tx, attempt: Attempt): Promise<void> {
  await tx.run(sql`
    update login_attempt set code_expires_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${attempt.id}`);
}

export async function updatePending(
  tx: Tx,
  attempt: Attempt,
  pending: { pending_hash: Buffer; expires_at: Date },
): Promise<void> {
  await tx.run(sql`
    update login_attempt set user_id = ${attempt.userId}, state = ${JSON.stringify(attempt.state)},
      pending_hash = ${pending.pending_hash}, expires_at = ${pending.expires_at}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${attempt.id}`);
}

/** The attempt on our pages of this browser, held; null when it is another's, over or expired. */
export function findHostedAttempt(
  reader: Reader,
  { id, browserHash, isHeld }: { id: string; browserHash: Buffer; isHeld: boolean },
): Promise<Attempt | null> {
  return reader.maybeOne<Attempt>(sql`
    select ${columns} from login_attempt
    where environment_id = ${reader.environmentId} and id = ${id} and browser_hash = ${browserHash}
      and completed_at is null and expires_at > ${reader.now}
    ${isHeld ? sql`for update` : sql``}`);
}

/** Keeps what a page found out. */
export async function updateAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  await tx.run(sql`
    update login_attempt set user_id = ${attempt.userId}, state = ${JSON.stringify(attempt.state)},
      updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${attempt.id}`);
}

/** Gives an attempt to another browser cookie; pages that know the former one have lost it. */
export async function updateBrowser(tx: Tx, attempt: Attempt, browserHash: Buffer): Promise<void> {
  await tx.run(sql`
    update login_attempt set browser_hash = ${browserHash}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${attempt.id}`);
}

/** Makes those who sign up with one address at once take turns: the second finds the first one's account. */
export async function lockAddress(tx: Tx, address: string): Promise<void> {
  await tx.run(sql`
    select pg_advisory_xact_lock(hashtextextended(${`sign_up ${tx.environmentId} ${address}`}, 0))`);
}

export async function updateCode(
  tx: Tx,
  attempt: Attempt,
  code: { code_hash: Buffer; code_expires_at: Date },
): Promise<void> {
  await tx.run(sql`
    update login_attempt set code_hash = ${code.code_hash}, code_expires_at = ${code.code_expires_at},
      user_id = ${attempt.userId}, state = ${JSON.stringify(attempt.state)}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${attempt.id}`);
}

/** Ends an attempt: its pending token is spent, and a second use of its code finds the session to end. */
export async function completeAttempt(tx: Tx, attempt: Attempt, sessionId: string): Promise<void> {
  await tx.run(sql`
    update login_attempt set completed_at = ${tx.now}, session_id = ${sessionId}, pending_hash = null,
      updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${attempt.id}`);
}

/** Gives up what a user has proven and not finished, everywhere or in one browser. */
export async function deleteOpenAttempts(
  tx: Tx,
  { userId, browserSessionId }: { userId: string; browserSessionId?: string },
): Promise<void> {
  const ofBrowser =
    browserSessionId === undefined ? sql`true` : sql`state ->> 'browser_session_id' = ${browserSessionId}`;
  await tx.run(sql`
    delete from login_attempt
    where environment_id = ${tx.environmentId} and user_id = ${userId} and completed_at is null and ${ofBrowser}`);
}

/** Removes attempts that expired before `before`. */
export async function deleteOldAttempts(tx: Tx, before: Date): Promise<void> {
  await tx.run(sql`
    delete from login_attempt where expires_at < ${before} and coalesce(code_expires_at, expires_at) < ${before}`);
}
