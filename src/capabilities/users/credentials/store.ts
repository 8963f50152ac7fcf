import { sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { emailKey } from '../email.ts';

/** Whose password is asked for; `hash` is null for a person without one. */
export interface PasswordHolder {
  user_id: string;
  hash: string | null;
}

export function findPasswordByEmail(reader: Reader, email: string): Promise<PasswordHolder | null> {
  return reader.maybeOne<PasswordHolder>(sql`
    select user_account.id as user_id, credential.hash
    from user_account
    left join credential on credential.environment_id = user_account.environment_id
      and credential.user_id = user_account.id and credential.kind = 'password'
    where user_account.environment_id = ${reader.environmentId} and user_account.email_key = ${emailKey(email)}`);
}

/** Holds the password's row; true when its hash is still the one that was checked. */
export async function isPasswordHash(tx: Tx, userId: string, hash: string): Promise<boolean> {
  const row = await tx.maybeOne<{ hash: string }>(sql`
    select hash from credential
    where environment_id = ${tx.environmentId} and user_id = ${userId} and kind = 'password' for share`);
  return row?.hash === hash;
}

export async function upsertPassword(tx: Tx, userId: string, hash: string): Promise<void> {
  await tx.run(sql`
    insert into credential (environment_id, id, user_id, kind, hash, created_at, updated_at)
    values (${tx.environmentId}, ${tx.newId('credential')}, ${userId}, 'password', ${hash}, ${tx.now}, ${tx.now})
    on conflict (environment_id, user_id) where kind = 'password'
      do update set hash = excluded.hash, updated_at = excluded.updated_at`);
}

/** Puts the same password, hashed anew, in the place of `before`; nothing when it has changed meanwhile. */
export async function rehashPassword(tx: Tx, userId: string, before: string, after: string): Promise<void> {
  await tx.run(sql`
    update credential set hash = ${after}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and user_id = ${userId} and kind = 'password' and hash = ${before}`);
}

/** The present hash and the former ones, newest first. */
export async function listPasswordHashes(reader: Reader, userId: string, count: number): Promise<string[]> {
  const rows = await reader.many<{ hash: string }>(sql`
    (select hash from credential
      where environment_id = ${reader.environmentId} and user_id = ${userId} and kind = 'password')
    union all
    (select hash from former_password
      where environment_id = ${reader.environmentId} and user_id = ${userId} order by id desc limit ${count})`);
  return rows.map(({ hash }) => hash).slice(0, count);
}

/** Moves the present password to the former ones, of which `count` are kept. */
export async function keepFormerPassword(tx: Tx, userId: string, count: number): Promise<void> {
  await tx.run(sql`
    insert into former_password (environment_id, id, user_id, hash, created_at)
    select environment_id, ${tx.newId('credential')}, user_id, hash, ${tx.now} from credential
    where environment_id = ${tx.environmentId} and user_id = ${userId} and kind = 'password'`);
  await tx.run(sql`
    delete from former_password
    where environment_id = ${tx.environmentId} and user_id = ${userId} and id not in (
      select id from former_password
      where environment_id = ${tx.environmentId} and user_id = ${userId} order by id desc limit ${count})`);
}
