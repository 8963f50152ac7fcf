import assert from 'node:assert/strict';
import { encodeUlidTime } from '../../../lib/id.ts';
import type { List } from '../../../platform/contract.ts';
import { type Sql, sql } from '../../../platform/database/sql.ts';
import { readPage } from '../../../platform/pagination.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Db } from '../../../platform/database/database.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { ListWebhookDeliveries, WebhookDelivery, WebhookDeliveryDetails } from './contract.ts';

export const deliveryPrefix = 'webhook_delivery';

const columns = sql`'webhook_delivery' as object, id, endpoint_id, sequence, event_id, event_type as event,
  sample is not null as is_test, state, jsonb_array_length(attempts) as attempt_count,
  (attempts -> -1 ->> 'status')::int as last_status,
  case when state = 'pending' then due_at end as next_attempt_at, created_at, ended_at`;

/** A delivery that is to be made. */
export interface NewDelivery {
  environment_id: string;
  id: string;
  endpoint_id: string;
  sequence: number;
  event_id: string;
  event_type: string;
  event_created_at: string;
}

/** Queues deliveries of events; one that the endpoint has already is left as it is. */
export async function insertDeliveries(db: Db, rows: readonly NewDelivery[], now: Date): Promise<void> {
  const column = <Key extends keyof NewDelivery>(key: Key) => rows.map((row) => row[key]);
  await db.run(sql`
    insert into webhook_delivery (environment_id, id, endpoint_id, sequence, event_id, event_type, event_created_at,
      state, due_at, created_at, queue)
    select given.*, 'pending', ${now}, ${now}, endpoint.queue from unnest(
      ${column('environment_id')}::text[], ${column('id')}::text[], ${column('endpoint_id')}::text[],
      ${column('sequence')}::bigint[], ${column('event_id')}::text[], ${column('event_type')}::text[],
      ${column('event_created_at')}::timestamptz[])
      as given (environment_id, id, endpoint_id, sequence, event_id, event_type, event_created_at)
    join webhook_endpoint as endpoint on endpoint.id = given.endpoint_id
    on conflict (endpoint_id, event_id) do nothing`);
}

/** Takes so many numbers of each of these endpoints, whose rows are locked. @returns the first of each */
export async function takeSequences(
  db: Db,
  counts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.many<{ id: string; first: number }>(sql`
    update webhook_endpoint as endpoint set sequence = endpoint.sequence + taken.count
    from unnest(${[...counts.keys()]}::text[], ${[...counts.values()]}::int[]) as taken (id, count)
    where endpoint.id = taken.id returning endpoint.id, endpoint.sequence - taken.count + 1 as first`);
  return new Map(rows.map(({ id, first }) => [id, first]));
}

/** Takes so many numbers of one endpoint. @returns the first */
export async function takeSequence(db: Db, endpointId: string, count: number): Promise<number> {
  const first = (await takeSequences(db, new Map([[endpointId, count]]))).get(endpointId);
  assert(first !== undefined, 'the endpoint is locked');
  return first;
}

export async function insertTestDelivery(
  tx: Tx,
  row: Omit<NewDelivery, 'environment_id' | 'event_created_at'> & { sample: object },
): Promise<WebhookDelivery> {
  return tx.one<WebhookDelivery>(sql`
    insert into webhook_delivery (environment_id, id, endpoint_id, sequence, event_id, event_type, event_created_at,
      sample, state, due_at, created_at, queue)
    select ${tx.environmentId}, ${row.id}, id, ${row.sequence}, ${row.event_id}, ${row.event_type},
      ${tx.now}, ${JSON.stringify(row.sample)}, 'pending', ${tx.now}, ${tx.now}, queue
    from webhook_endpoint where environment_id = ${tx.environmentId} and id = ${row.endpoint_id}
    returning ${columns}`);
}

export function findDelivery(reader: Reader, id: string): Promise<WebhookDeliveryDetails | null> {
  return reader.maybeOne<WebhookDeliveryDetails>(sql`
    select ${columns}, attempts from webhook_delivery
    where environment_id = ${reader.environmentId} and id = ${id} and exists (
      select from webhook_endpoint as endpoint
      where endpoint.id = webhook_delivery.endpoint_id and endpoint.state <> 'deleted')`);
}

/** Each state has its own text, so that the planner sees which index is of it. */
const statePieces: Readonly<Record<WebhookDelivery['state'], Sql>> = {
  pending: sql`and state = 'pending'`,
  delivered: sql`and state = 'delivered'`,
  failed: sql`and state = 'failed'`,
  discarded: sql`and state = 'discarded'`,
};

/** The least id that a delivery of this moment can have. */
const firstIdAt = (moment: string): string =>
  `${deliveryPrefix}_${encodeUlidTime(new Date(moment).getTime())}`;

export function listDeliveries(
  reader: Reader,
  endpointId: string,
  query: ListWebhookDeliveries,
): Promise<List<WebhookDelivery>> {
  const state = query.state === undefined ? sql`` : statePieces[query.state];
  const events = query.events === undefined ? null : query.events;
  const from = query.range_start === undefined ? '' : firstIdAt(query.range_start);
  const until = query.range_end === undefined ? '~' : firstIdAt(query.range_end);
  const read = (page: Sql) =>
    reader.many<WebhookDelivery>(sql`
      select ${columns} from webhook_delivery
      where environment_id = ${reader.environmentId} and endpoint_id = ${endpointId} ${state}
        and (${events}::text[] is null or event_type = any(${events}::text[]))
        and id >= ${from} and id < ${until} and ${page}`);
  const exists = async (id: string) => (await findDelivery(reader, id))?.endpoint_id === endpointId;
  return readPage(query, read, exists);
}

/**
 * Begins a delivery anew, without the lease: a try that is on its way no longer ends it. It gets the endpoint's queue,
 * which the clearing of an older one leaves alone.
 */
const anew = (
  tx: Tx,
): Sql => sql`state = 'pending', tries = 0, due_at = ${tx.now}, ended_at = null, lease_token = null,
  lease_until = null, queue = endpoint.queue`;

/** Queues a delivery of a locked endpoint again; one that waits for its turn is left as it is. */
export async function requeueDelivery(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    update webhook_delivery as delivery set ${anew(tx)} from webhook_endpoint as endpoint
    where delivery.environment_id = ${tx.environmentId} and delivery.id = ${id} and endpoint.id = delivery.endpoint_id
      and (delivery.state <> 'pending' or delivery.queue < endpoint.queue
        or delivery.lease_until > clock_timestamp())`);
}

/**
 * Queues deliveries of these events again, of a locked endpoint, that ended in one of these states, or wait to be given
 * up since it was disabled. @returns how many
 */
export function requeueEvents(
  tx: Tx,
  endpointId: string,
  eventIds: readonly string[],
  states: readonly string[],
): Promise<number> {
  return tx.run(sql`
    with held as (
      select delivery.id from webhook_delivery as delivery
      join webhook_endpoint as endpoint on endpoint.id = delivery.endpoint_id
      where delivery.environment_id = ${tx.environmentId} and delivery.endpoint_id = ${endpointId}
        and delivery.event_id = any(${eventIds})
        and (delivery.state = any(${states}) or delivery.state = 'pending' and delivery.queue < endpoint.queue)
      order by delivery.id for update of delivery)
    update webhook_delivery as delivery set ${anew(tx)} from held, webhook_endpoint as endpoint
    where delivery.id = held.id and endpoint.id = delivery.endpoint_id`);
}

/** Gives up what waits in the queues before this one. @returns how many */
export function discardQueued(tx: Tx, endpointId: string, queue: number, limit: number): Promise<number> {
  // The lease stays: what is on its way may still be told as delivered.
  return tx.run(sql`
    update webhook_delivery set state = 'discarded', ended_at = ${tx.now} where id in (
      select id from webhook_delivery
      where environment_id = ${tx.environmentId} and endpoint_id = ${endpointId} and state = 'pending'
        and queue < ${queue} order by id limit ${limit} for update)`);
}

/** Removes deliveries that ended long ago. @returns how many */
export function deleteEndedBefore(tx: Tx, before: Date, limit: number): Promise<number> {
  return tx.run(sql`
    delete from webhook_delivery where id in (
      select id from webhook_delivery where ended_at < ${before}
      order by ended_at limit ${limit} for update skip locked)`);
}

/** Removes deliveries whose event is about to go. @returns how many */
export function deleteStaleBefore(tx: Tx, before: Date, limit: number): Promise<number> {
  return tx.run(sql`
    delete from webhook_delivery where id in (
      select id from webhook_delivery where id < ${firstIdAt(before.toISOString())}
      order by id limit ${limit} for update skip locked)`);
}
