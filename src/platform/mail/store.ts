import type { Db } from '../database/database.ts';
import { sql } from '../database/sql.ts';

export type MailState = 'queued' | 'sent' | 'failed';

export interface MailRow {
  id: string;
  environment_id: string;
  sealed: Buffer;
  state: MailState;
  error: string | null;
  created_at: string;
  sent_at: string | null;
}

/** Writes a message that waits for its delivery. */
export async function insertMail(
  db: Db,
  row: Pick<MailRow, 'id' | 'environment_id' | 'sealed'> & { now: Date },
): Promise<void> {
  await db.run(sql`
    insert into mail (environment_id, id, sealed, state, created_at)
    values (${row.environment_id}, ${row.id}, ${row.sealed}, 'queued', ${row.now})`);
}

/** The message, still sealed, or null when it has been deleted. */
export function findMail(db: Db, environmentId: string, id: string): Promise<MailRow | null> {
  return db.maybeOne<MailRow>(sql`
    select id, environment_id, sealed, state, error, created_at, sent_at from mail
    where environment_id = ${environmentId} and id = ${id}`);
}

/** Records that the message was handed over. */
export async function markMailSent(db: Db, environmentId: string, id: string, now: Date): Promise<void> {
  await db.run(sql`
    update mail set state = 'sent', sent_at = ${now}, error = null
    where environment_id = ${environmentId} and id = ${id}`);
}

/** Records why the last try failed; `isFinal` when there will be no other. */
export async function markMailError(
  db: Db,
  environmentId: string,
  id: string,
  failure: { error: string; isFinal: boolean },
): Promise<void> {
  await db.run(sql`
    update mail set error = ${failure.error}, state = ${failure.isFinal ? 'failed' : 'queued'}
    where environment_id = ${environmentId} and id = ${id} and state <> 'sent'`);
}

/** Deletes the messages of all environments that were written before a moment; returns how many. */
export function deleteMailBefore(db: Db, moment: Date): Promise<number> {
  return db.run(sql`delete from mail where created_at < ${moment}`);
}

/** Deletes all but the newest messages of the installation; returns how many. */
export function deleteMailBeyond(db: Db, kept: number): Promise<number> {
  return db.run(sql`
    delete from mail where id in (select id from mail order by id desc offset ${kept})`);
}
