import { sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';

export interface PasswordResetRow {
  id: string;
  user_id: string;
  email: string;
  sealed_token: Buffer;
  expires_at: string;
  created_at: string;
}

const columns = sql`id, user_id, email, sealed_token, expires_at, created_at`;

export function insertPasswordReset(
  tx: Tx,
  row: Omit<PasswordResetRow, 'created_at' | 'expires_at'> & { token_hash: Buffer; expires_at: Date },
): Promise<PasswordResetRow> {
  return tx.one<PasswordResetRow>(sql`
    insert into password_reset (environment_id, id, user_id, email, token_hash, sealed_token, expires_at, created_at)
    values (${tx.environmentId}, ${row.id}, ${row.user_id}, ${row.email}, ${row.token_hash}, ${row.sealed_token},
      ${row.expires_at}, ${tx.now})
    returning ${columns}`);
}

/** Only the newest link of a user works. */
export async function replaceEarlierResets(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`
    update password_reset set replaced_at = ${tx.now}
    where environment_id = ${tx.environmentId} and user_id = ${userId} and used_at is null and replaced_at is null`);
}

export function findPasswordReset(reader: Reader, id: string): Promise<PasswordResetRow | null> {
  return reader.maybeOne<PasswordResetRow>(sql`
    select ${columns} from password_reset where environment_id = ${reader.environmentId} and id = ${id}`);
}

/** The reset of a token that can still be used. */
export function findUsableReset(reader: Reader, tokenHash: Buffer): Promise<PasswordResetRow | null> {
  return reader.maybeOne<PasswordResetRow>(sql`
    select ${columns} from password_reset
    where environment_id = ${reader.environmentId} and token_hash = ${tokenHash} and used_at is null
      and replaced_at is null and expires_at > ${reader.now}`);
}

/** Uses a token up: of two who try, one row is found, by one of them. */
export function takeReset(tx: Tx, tokenHash: Buffer): Promise<PasswordResetRow | null> {
  return tx.maybeOne<PasswordResetRow>(sql`
    update password_reset set used_at = ${tx.now}
    where environment_id = ${tx.environmentId} and token_hash = ${tokenHash} and used_at is null
      and replaced_at is null and expires_at > ${tx.now}
    returning ${columns}`);
}

/** Removes resets that expired before `before`. */
export async function deleteOldResets(tx: Tx, before: Date): Promise<void> {
  await tx.run(sql`delete from password_reset where expires_at < ${before}`);
}
