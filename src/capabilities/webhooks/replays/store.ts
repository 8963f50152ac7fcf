import { sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { WebhookReplay } from './contract.ts';

export interface ReplayRow extends WebhookReplay {
  after_event_id: string | null;
}

const columns = sql`'webhook_replay' as object, id, endpoint_id, state, since, until, events, include,
  queued_count, created_at, ended_at, after_event_id`;

export function insertReplay(
  tx: Tx,
  row: {
    id: string;
    endpoint_id: string;
    after_event_id: string | null;
    since: string;
    until: Date;
    events: string[];
    include: string;
  },
): Promise<ReplayRow> {
  return tx.one<ReplayRow>(sql`
    insert into webhook_replay (environment_id, id, endpoint_id, state, after_event_id, since, until, events, include,
      created_at)
    values (${tx.environmentId}, ${row.id}, ${row.endpoint_id}, 'running', ${row.after_event_id}, ${row.since},
      ${row.until}, ${row.events}, ${row.include}, ${tx.now})
    returning ${columns}`);
}

export function findReplay(reader: Reader, id: string): Promise<ReplayRow | null> {
  return reader.maybeOne<ReplayRow>(sql`
    select ${columns} from webhook_replay
    where environment_id = ${reader.environmentId} and id = ${id} and exists (
      select from webhook_endpoint as endpoint
      where endpoint.id = webhook_replay.endpoint_id and endpoint.state <> 'deleted')`);
}

/** Notes how far it has come; without an event it is done. */
export async function moveReplay(
  tx: Tx,
  id: string,
  progress: { afterEventId: string | null; queued: number; isDone: boolean },
): Promise<void> {
  const state = progress.isDone ? 'done' : 'running';
  await tx.run(sql`
    update webhook_replay set after_event_id = coalesce(${progress.afterEventId}, after_event_id), state = ${state},
      queued_count = queued_count + ${progress.queued}::int,
      ended_at = case when ${progress.isDone} then ${tx.now}::timestamptz end
    where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** Removes replays that ended long ago. */
export async function deleteReplaysBefore(tx: Tx, before: Date): Promise<void> {
  await tx.run(sql`delete from webhook_replay where ended_at < ${before}`);
}

/** Which of these events the endpoint has deliveries of. */
export async function listDeliveredEvents(
  tx: Tx,
  endpointId: string,
  eventIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select event_id as id from webhook_delivery
    where environment_id = ${tx.environmentId} and endpoint_id = ${endpointId} and event_id = any(${eventIds})`);
  return rows.map(({ id }) => id);
}
