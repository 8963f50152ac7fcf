import { sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { emailKey } from '../email.ts';
import type { Identity } from './contract.ts';

/** Identities at OAuth providers; those of an organization's connection are the organization's affair. */
export function listIdentities(reader: Reader, userId: string): Promise<Identity[]> {
  return reader.many<Identity>(sql`
    select idp_id, 'OAuth' as type, provider from identity
    where environment_id = ${reader.environmentId} and user_id = ${userId} and kind = 'oauth' order by id`);
}

/** Removes the provider identities that are not of this address. */
export async function unlinkOtherEmails(tx: Tx, userId: string, email: string): Promise<void> {
  const identities = await tx.many<{ id: string; email: string | null }>(sql`
    select id, email from identity
    where environment_id = ${tx.environmentId} and user_id = ${userId} and kind = 'oauth' for update`);
  // Compared here, not in SQL: only `emailKey` knows which spellings are one address.
  const others = identities.filter((identity) => emailKey(identity.email ?? '') !== emailKey(email));
  if (others.length === 0) return;
  await tx.run(sql`
    delete from identity
    where environment_id = ${tx.environmentId} and id = any(${others.map(({ id }) => id)})`);
}
