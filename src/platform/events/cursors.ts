import type { Db } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { EventPosition } from './store.ts';

/** An event as far as it has to be known to say who gets it. */
export interface EventHead {
  id: string;
  type: string;
  created_at: string;
  /** The transaction that wrote it. */
  xid: string;
  seq: number;
}

export interface EventCursor extends EventPosition {
  environment_id: string;
}

/**
 * Makes sure that the environment's events are followed by a consumer. A new cursor stands where everything that may
 * still be written comes behind it.
 */
export async function provideCursor(db: Db, environmentId: string, consumer: string): Promise<void> {
  await db.run(sql`
    insert into event_cursor (environment_id, consumer, xid, seq)
    values (${environmentId}, ${consumer}, pg_snapshot_xmin(pg_current_snapshot()), -1)
    on conflict do nothing`);
}

/** The environments that a consumer follows. */
export async function listFollowed(db: Db, consumer: string): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select environment_id as id from event_cursor where consumer = ${consumer} order by 1`);
  return rows.map(({ id }) => id);
}

const hasReadable = sql`exists (
  select from event
  where event.environment_id = cursor.environment_id and (event.xid, event.seq) > (cursor.xid, cursor.seq)
    and event.xid < pg_snapshot_xmin(pg_current_snapshot()))`;

/** Those of these environments in which a consumer has something to read. */
export async function listReadable(
  db: Db,
  consumer: string,
  environmentIds: readonly string[],
): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select environment_id as id from event_cursor as cursor
    where consumer = ${consumer} and environment_id = any(${environmentIds}) and ${hasReadable} order by 1`);
  return rows.map(({ id }) => id);
}

/** Locks the cursor of a consumer that has something to read. Null when it has not, or another transaction works on it. */
export function lockCursor(db: Db, consumer: string, environmentId: string): Promise<EventCursor | null> {
  return db.maybeOne<EventCursor>(sql`
    select environment_id, xid::text as xid, seq from event_cursor as cursor
    where consumer = ${consumer} and environment_id = ${environmentId} and ${hasReadable}
    for update skip locked`);
}

/** Where a consumer stands in an environment; null when it follows none of its events. */
export function findCursor(db: Db, environmentId: string, consumer: string): Promise<EventPosition | null> {
  return db.maybeOne<EventPosition>(sql`
    select xid::text as xid, seq from event_cursor
    where environment_id = ${environmentId} and consumer = ${consumer}`);
}

/** The next events behind a locked cursor, in their order: only such before which nothing can appear any more. */
export function readBehindCursor(db: Db, cursor: EventCursor, limit: number): Promise<EventHead[]> {
  return db.many<EventHead>(sql`
    select id, type, created_at, xid::text as xid, seq from event
    where environment_id = ${cursor.environment_id}
      and (xid, seq) > ((select ${cursor.xid}::xid8), (select ${cursor.seq}::bigint))
      and xid < pg_snapshot_xmin(pg_current_snapshot())
    -- Qualified: a bare xid would be the text that is answered, and 1000 come before 999.
    order by event.xid, event.seq limit ${limit}`);
}

/** Moves a locked cursor to the last event that was read. */
export async function moveCursor(
  db: Db,
  consumer: string,
  { environment_id, xid, seq }: EventCursor,
): Promise<void> {
  await db.run(sql`
    update event_cursor set xid = ${xid}::xid8, seq = ${seq}
    where environment_id = ${environment_id} and consumer = ${consumer}`);
}

/** True while events of these environments are committed, or about to be, that an older transaction still hides. */
export async function hasHiddenEvents(db: Db, environmentIds: readonly string[]): Promise<boolean> {
  const { hidden } = await db.one<{ hidden: boolean }>(sql`
    select exists (
      select from unnest(${environmentIds}::text[]) as followed (id)
      where exists (
        select from event where environment_id = followed.id
          and xid >= pg_snapshot_xmin(pg_current_snapshot()))) as hidden`);
  return hidden;
}

/** True when events of a time were committed that come behind a cursor, hidden ones too. */
export async function hasEventsBehind(
  db: Db,
  environmentId: string,
  { cursor, since, until }: { cursor: EventPosition; since: Date; until: Date },
): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    select exists (
      select from event
      where environment_id = ${environmentId} and created_at >= ${since} and created_at < ${until}
        and (xid, seq) > ((select ${cursor.xid}::xid8), (select ${cursor.seq}::bigint))) as found`);
  return found;
}

/** How cursors leave in a backup: at the number that the event they stand on gets there. */
export const cursorColumnsInBackup = {
  xid: `'0'::xid8`,
  seq: `(select count(*) from event where (event.xid, event.seq) <= (event_cursor.xid, event_cursor.seq))`,
} as const;
