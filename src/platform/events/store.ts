import { type Sql, sql } from '../database/sql.ts';
import type { Reader } from '../scope.ts';

export interface PendingEvent {
  id: string;
  environment_id: string;
  type: string;
  organization_id: string | null;
  data: object;
  context: object;
  created_at: Date;
}

export interface EventRow {
  id: string;
  event: string;
  data: object;
  context: object;
  created_at: string;
  xid: string;
  seq: number;
}

/** A place in the order of events. */
export interface EventPosition {
  xid: string;
  seq: number;
}

/** The statement that writes events; `seq` follows the order of the list, `xid` is the transaction's own. */
export function insertionOfEvents(events: readonly PendingEvent[]): Sql {
  const column = <Key extends keyof PendingEvent>(key: Key) => events.map((event) => event[key]);
  return sql`
    insert into event (id, environment_id, type, organization_id, data, context, created_at)
    select * from unnest(
      ${column('id')}::text[], ${column('environment_id')}::text[], ${column('type')}::text[],
      ${column('organization_id')}::text[], ${events.map((event) => JSON.stringify(event.data))}::json[],
      ${events.map((event) => JSON.stringify(event.context))}::json[], ${column('created_at')}::timestamptz[])`;
}

/** The public cursor is the event's id; the order is `(xid, seq)`. */
export function findEventPosition(
  reader: Reader,
  id: string,
  createdAt: Date,
): Promise<EventPosition | null> {
  return reader.maybeOne<EventPosition>(sql`
    select xid::text as xid, seq from event
    where environment_id = ${reader.environmentId} and created_at = ${createdAt} and id = ${id}`);
}

/**
 * How events leave in a backup. The numbers of transactions mean nothing in another cluster, so the order becomes
 * `seq` alone, below every transaction to come: `xid` 0.
 */
export const eventColumnsInBackup = {
  xid: `'0'::xid8`,
  seq: 'row_number() over (order by xid, seq)',
} as const;

export interface EventFilter {
  types: readonly string[] | null;
  organizationId: string | null;
  /** Inclusive. */
  since: Date;
  /** Exclusive. */
  until: Date | null;
  from: EventPosition | null;
  /** Inclusive: how far another reader has come. */
  through?: EventPosition;
  direction: 'asc' | 'desc';
  limit: number;
}

/**
 * The one place that reads the order of events: rows of transactions that may still be running are not
 * visible, so nothing can ever appear before a position that was handed out. Ordering by `seq` alone would lose
 * events: a transaction can take a lower `seq` and commit later.
 */
export function readEvents(reader: Reader, filter: EventFilter): Promise<EventRow[]> {
  const { types } = filter;
  if (types === null) return reader.many<EventRow>(sql`${selectEvents(reader, filter)} ${ordering(filter)}`);
  // One index range per type, merged: a rare type costs as little as a frequent one.
  return reader.many<EventRow>(sql`
    select found.* from unnest(${types}::text[]) as wanted (type)
    cross join lateral (${selectEvents(reader, filter)} and type = wanted.type ${ordering(filter)}) as found
    ${ordering(filter)}`);
}

function selectEvents(reader: Reader, filter: EventFilter): Sql {
  const { from } = filter;
  // As subqueries, so that the planner cannot look at the values: where many events share one xid (a restore, an import)
  // it would expect none beyond the cursor, then read and sort all of them.
  const beyond =
    filter.direction === 'asc'
      ? sql`(xid, seq) > ((select ${from?.xid ?? '0'}::xid8), (select ${from?.seq ?? -1}::bigint))`
      : sql`(xid, seq) < ((select ${from?.xid ?? '18446744073709551615'}::xid8), (select ${from?.seq ?? 0}::bigint))`;
  const organization =
    filter.organizationId === null ? sql`` : sql`and organization_id = ${filter.organizationId}`;
  const until = filter.until === null ? sql`` : sql`and created_at < ${filter.until}`;
  const through = filter.through
    ? sql`and (xid, seq) <= ((select ${filter.through.xid}::xid8), (select ${filter.through.seq}::bigint))`
    : sql``;
  return sql`
    select id, type as event, data, context, created_at, xid, seq from event
    where environment_id = ${reader.environmentId} and ${beyond}
      and xid < pg_snapshot_xmin(pg_current_snapshot())
      and created_at >= ${filter.since} ${until} ${through} ${organization}`;
}

function ordering(filter: EventFilter): Sql {
  return filter.direction === 'asc'
    ? sql`order by xid, seq limit ${filter.limit}`
    : sql`order by xid desc, seq desc limit ${filter.limit}`;
}
