import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { sql } from './database/sql.ts';
import { type Encryption, isSameSecret } from './encryption.ts';
import { defineJob } from './jobs/jobs.ts';
import type { Reader } from './scope.ts';
import type { Tx } from './transaction.ts';

/** What a code proves when it comes back; also the prefix of its id. */
export type CodePurpose = 'email_verification' | 'magic_auth';

/** A code of six digits that was sent to somebody's address, as the API tells of it. */
export interface OneTimeCode {
  id: string;
  user_id: string;
  email: string;
  code: string;
  expires_at: string;
  created_at: string;
  updated_at: string;
}

/** How a guess ended. */
export type Redemption = 'accepted' | 'incorrect' | 'expired' | 'used' | 'too_many_attempts';

const lifetimeMs = 600_000;
/** Guesses per code (threats G-01). */
const mostAttempts = 5;
/**
 * Guesses per person and purpose in a day, whatever number of codes was sent: five for a code every 20 seconds would
 * find one in a month. A hundred are one chance in ten thousand (NIST SP 800-63B-4 3.2.2 allows as many).
 */
const mostAttemptsADay = 100;
const dayMs = 86_400_000;
/** A code that is younger is sent no second time: impatient clicks would fill the mailbox. */
const freshMs = 20_000;

/** What holds for every code. */
export const codeRules = { lifetimeMs, mostAttempts, mostAttemptsADay, freshMs };

interface CodeRow extends Omit<OneTimeCode, 'code'> {
  sealed: Buffer;
  attempts: number;
  used_at: string | null;
}

const columns = sql`id, user_id, email, sealed, attempts, used_at, expires_at, created_at, updated_at`;

const identityOf = (id: string): string => `one_time_code:${id}`;

const toCode = (encryption: Encryption, row: CodeRow): OneTimeCode => ({
  id: row.id,
  user_id: row.user_id,
  email: row.email,
  code: encryption.open(row.sealed, identityOf(row.id)).toString(),
  expires_at: row.expires_at,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/**
 * Makes a code for ten minutes; the person's earlier ones of the purpose no longer count.
 * @returns the code, and whether it is new: one that is only seconds old and untouched is answered again
 */
export async function issueCode(
  tx: Tx,
  encryption: Encryption,
  input: { purpose: CodePurpose; userId: string; email: string },
): Promise<{ code: OneTimeCode; isNew: boolean }> {
  // The user's row makes two requests take turns.
  await tx.run(sql`
    select from user_account where environment_id = ${tx.environmentId} and id = ${input.userId} for update`);
  const latest = await findLatest(tx, input.purpose, input.userId);
  if (latest && isFresh(tx, latest, input.email)) return { code: toCode(encryption, latest), isNew: false };
  const id = tx.newId(input.purpose);
  const sealed = encryption.seal(randomInt(1_000_000).toString().padStart(6, '0'), identityOf(id));
  const expiresAt = new Date(tx.now.getTime() + lifetimeMs);
  const row = await tx.one<CodeRow>(sql`
    insert into one_time_code (environment_id, id, purpose, user_id, email, sealed, attempts, expires_at, created_at,
      updated_at)
    values (${tx.environmentId}, ${id}, ${input.purpose}, ${input.userId}, ${input.email}, ${sealed}, 0, ${expiresAt},
      ${tx.now}, ${tx.now})
    returning ${columns}`);
  return { code: toCode(encryption, row), isNew: true };
}

function isFresh(tx: Tx, row: CodeRow, email: string): boolean {
  const age = tx.now.getTime() - Date.parse(row.created_at);
  return age < freshMs && row.attempts === 0 && row.used_at === null && row.email === email;
}

function findLatest(tx: Tx, purpose: CodePurpose, userId: string): Promise<CodeRow | null> {
  return tx.maybeOne<CodeRow>(sql`
    select ${columns} from one_time_code
    where environment_id = ${tx.environmentId} and user_id = ${userId} and purpose = ${purpose}
    order by id desc limit 1 for update`);
}

/** The code of an id, or null. */
export async function findCode(
  reader: Reader,
  encryption: Encryption,
  purpose: CodePurpose,
  id: string,
): Promise<OneTimeCode | null> {
  const row = await reader.maybeOne<CodeRow>(sql`
    select ${columns} from one_time_code
    where environment_id = ${reader.environmentId} and id = ${id} and purpose = ${purpose}`);
  return row && toCode(encryption, row);
}

/**
 * Tries a code against the person's newest of the purpose, whose row is held: of two who try at once, one goes first.
 * The attempt counts only if the transaction commits, so the refusal must be returned, not thrown.
 */
export async function redeemCode(
  tx: Tx,
  encryption: Encryption,
  input: { purpose: CodePurpose; userId: string; code: string },
): Promise<{ redemption: Redemption; email: string | null }> {
  const row = await findLatest(tx, input.purpose, input.userId);
  if (!row) return { redemption: 'incorrect', email: null };
  const triedToday = await countAttempts(tx, input.purpose, input.userId);
  const redemption =
    triedToday < mostAttemptsADay ? judge(tx, encryption, row, input.code) : 'too_many_attempts';
  await tx.run(sql`
    update one_time_code set attempts = attempts + ${redemption === 'accepted' || redemption === 'incorrect' ? 1 : 0},
      used_at = case when ${redemption === 'accepted'}::boolean then ${tx.now} else used_at end,
      updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${row.id}`);
  return { redemption, email: row.email };
}

/** Guesses at the person's codes of the last day. */
async function countAttempts(tx: Tx, purpose: CodePurpose, userId: string): Promise<number> {
  const since = new Date(tx.now.getTime() - dayMs);
  const { count } = await tx.one<{ count: number }>(sql`
    select coalesce(sum(attempts), 0)::integer as count from one_time_code
    where environment_id = ${tx.environmentId} and user_id = ${userId} and purpose = ${purpose}
      and created_at > ${since}`);
  return count;
}

function judge(tx: Tx, encryption: Encryption, row: CodeRow, guess: string): Redemption {
  if (row.used_at !== null) return 'used';
  if (row.attempts >= mostAttempts) return 'too_many_attempts';
  if (Date.parse(row.expires_at) <= tx.now.getTime()) return 'expired';
  return isSameSecret(encryption.open(row.sealed, identityOf(row.id)), guess.trim())
    ? 'accepted'
    : 'incorrect';
}

/** Removes codes that expired a day ago. */
export const purgeOneTimeCodes = defineJob({
  kind: 'one_time_codes.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 3_600,
  run: async (tx) => {
    await tx.run(sql`delete from one_time_code where expires_at <= ${new Date(tx.now.getTime() - dayMs)}`);
  },
});
