import { sql } from '../../../platform/database/sql.ts';
import type { MailRow } from '../../../platform/mail/store.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';

// The mailbox belongs to the installation: its statements, and no others, span environments.

export interface MailboxRow extends MailRow {
  environment_name: string;
}

const columns = sql`mail.id, environment_id, environment.name as environment_name, sealed, state, error,
  mail.created_at, sent_at`;

/** The newest messages that are older than `before`, or than nothing. */
export function listMailboxRows(
  reader: Reader,
  page: { before: string | null; limit: number },
): Promise<MailboxRow[]> {
  return reader.many<MailboxRow>(sql`
    select ${columns} from mail join environment on environment.id = environment_id
    where (${page.before}::text is null or mail.id < ${page.before})
    order by mail.id desc limit ${page.limit}`);
}

export function findMailboxRow(reader: Reader, id: string): Promise<MailboxRow | null> {
  return reader.maybeOne<MailboxRow>(sql`
    select ${columns} from mail join environment on environment.id = environment_id where mail.id = ${id}`);
}

export async function deleteMailboxRows(tx: Tx): Promise<void> {
  await tx.run(sql`delete from mail`);
}
