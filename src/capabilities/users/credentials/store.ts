import { sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { emailKey } from '../email.ts';

/** Whose password is asked for; id and hash are null for a person without one. */
export interface PasswordHolder {
  user_id: string;
  credential_id: string | null;
  hash: string | null;
}

export function findPasswordByEmail(reader: Reader, email: string): Promise<PasswordHolder | null> {
  return reader.maybeOne<PasswordHolder>(sql`
    select user_account.id as user_id, credential.id as credential_id, credential.hash
    from user_account
    left join credential on credential.environment_id = user_account.environment_id
      and credential.user_id = user_account.id and credential.kind = 'password'
    where user_account.environment_id = ${reader.environmentId} and user_account.email_key = ${emailKey(email)}`);
}

/** The hash of a password, held; null when the password has been replaced. */
export async function findHashForUpdate(tx: Tx, credentialId: string): Promise<string | null> {
  const row = await tx.maybeOne<{ hash: string }>(sql`
    select hash from credential
    where environment_id = ${tx.environmentId} and id = ${credentialId} and kind = 'password' for update`);
  return row?.hash ?? null;
}

/** Every password has an id of its own: the same one hashed anew keeps it. */
export async function upsertPassword(
  tx: Tx,
  userId: string,
  { hash, isProven }: { hash: string; isProven: boolean },
): Promise<void> {
  await tx.run(sql`
    insert into credential (environment_id, id, user_id, kind, hash, is_proven, created_at, updated_at)
    values (${tx.environmentId}, ${tx.newId('credential')}, ${userId}, 'password', ${hash}, ${isProven}, ${tx.now},
      ${tx.now})
    on conflict (environment_id, user_id) where kind = 'password'
      do update set id = excluded.id, hash = excluded.hash, is_proven = excluded.is_proven,
        updated_at = excluded.updated_at`);
}

/** Whoever proves the address by mail has their password proven with it. */
export async function proveCredentials(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`
    update credential set is_proven = true, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and user_id = ${userId} and not is_proven`);
}

/** Removes what nobody has proven; answers whether there was any. */
export async function deleteUnprovenCredentials(tx: Tx, userId: string): Promise<boolean> {
  const count = await tx.run(sql`
    delete from credential where environment_id = ${tx.environmentId} and user_id = ${userId} and not is_proven`);
  return count > 0;
}

/** Stores the same password, hashed anew. */
export async function rehashPassword(tx: Tx, credentialId: string, hash: string): Promise<void> {
  await tx.run(sql`
    update credential set hash = ${hash}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${credentialId}`);
}

/** The present hash and up to `count` former ones, newest first. */
export async function listPasswordHashes(reader: Reader, userId: string, count: number): Promise<string[]> {
  const rows = await reader.many<{ hash: string }>(sql`
    select hash from (
      select 1 as is_present, id, hash from credential
      where environment_id = ${reader.environmentId} and user_id = ${userId} and kind = 'password'
      union all
      select 0 as is_present, id, hash from former_password
      where environment_id = ${reader.environmentId} and user_id = ${userId}) as known
    order by is_present desc, id desc limit ${count + 1}`);
  return rows.map(({ hash }) => hash);
}

/** Moves the present password to the former ones, of which `count` are kept; 0 forgets them all. */
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
