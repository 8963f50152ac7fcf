import type { List } from '../../platform/contract.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { ListWebhookEndpoints, WebhookEndpoint, WebhookEndpointStatus } from './contract.ts';

export type EndpointState = WebhookEndpointStatus['state'];

/** An endpoint as it is stored, its secret sealed. */
export interface EndpointRow extends Omit<WebhookEndpoint, 'secret'> {
  secret_sealed: Buffer;
  state: EndpointState;
}

const columns = sql`'webhook_endpoint' as object, id, endpoint_url, secret_sealed,
  case when state = 'enabled' then 'enabled' else 'disabled' end as status, events, created_at, updated_at,
  state`;

/** Deliveries that wait are counted up to a number: a queue can be of any length. */
const statusColumns = (
  mostCounted: number,
): Sql => sql`'webhook_endpoint_status' as object, id, endpoint_url, events, state, disabled_reason,
  disabled_at, failing_since, last_success_at, last_failure_at, previous_secret_until, sequence, created_at, updated_at,
  (select count(*)::int from (
    select from webhook_delivery where endpoint_id = webhook_endpoint.id and webhook_delivery.state = 'pending'
    limit ${mostCounted}) as waiting) as pending_deliveries`;

const own = (reader: Reader): Sql => sql`environment_id = ${reader.environmentId} and state <> 'deleted'`;

/** What was committed before this statement is not for the endpoint. */
const fromNowOn = sql`pg_current_snapshot()`;

export function insertEndpoint(
  tx: Tx,
  row: { id: string; endpoint_url: string; events: string[]; secret_sealed: Buffer },
): Promise<EndpointRow> {
  return tx.one<EndpointRow>(sql`
    insert into webhook_endpoint (environment_id, id, endpoint_url, events, state, secret_sealed, since, created_at,
      updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.endpoint_url}, ${row.events}, 'enabled', ${row.secret_sealed},
      ${fromNowOn}, ${tx.now}, ${tx.now})
    returning ${columns}`);
}

export async function countEndpoints(reader: Reader): Promise<number> {
  const { count } = await reader.one<{ count: number }>(sql`
    select count(*)::int as count from webhook_endpoint where ${own(reader)}`);
  return count;
}

export function findEndpoint(reader: Reader, id: string): Promise<EndpointRow | null> {
  return reader.maybeOne<EndpointRow>(sql`
    select ${columns} from webhook_endpoint where ${own(reader)} and id = ${id}`);
}

export function findEndpointForUpdate(tx: Tx, id: string): Promise<EndpointRow | null> {
  return tx.maybeOne<EndpointRow>(sql`
    select ${columns} from webhook_endpoint where ${own(tx)} and id = ${id} for update`);
}

export function findEndpointByUrl(reader: Reader, url: string): Promise<EndpointRow | null> {
  return reader.maybeOne<EndpointRow>(sql`
    select ${columns} from webhook_endpoint where ${own(reader)} and endpoint_url = ${url}`);
}

export function listEndpoints(reader: Reader, query: ListWebhookEndpoints): Promise<List<EndpointRow>> {
  const read = (page: Sql) =>
    reader.many<EndpointRow>(sql`select ${columns} from webhook_endpoint where ${own(reader)} and ${page}`);
  return readPage(query, read, async (id) => (await findEndpoint(reader, id)) !== null);
}

export function findStatus(reader: Reader, id: string): Promise<WebhookEndpointStatus | null> {
  return reader.maybeOne<WebhookEndpointStatus>(sql`
    select ${statusColumns(10_000)} from webhook_endpoint where ${own(reader)} and id = ${id}`);
}

export function listStatuses(
  reader: Reader,
  query: ListWebhookEndpoints,
): Promise<List<WebhookEndpointStatus>> {
  const read = (page: Sql) =>
    reader.many<WebhookEndpointStatus>(
      sql`select ${statusColumns(1_000)} from webhook_endpoint where ${own(reader)} and ${page}`,
    );
  return readPage(query, read, async (id) => (await findEndpoint(reader, id)) !== null);
}

export function updateEndpointRow(
  tx: Tx,
  row: { id: string; endpoint_url: string; events: string[] },
): Promise<EndpointRow> {
  return tx.one<EndpointRow>(sql`
    update webhook_endpoint set endpoint_url = ${row.endpoint_url}, events = ${row.events}, updated_at = ${tx.now}
    where ${own(tx)} and id = ${row.id} returning ${columns}`);
}

/** Sends on from where it was paused, or from now where there is no queue; the failures until now are forgotten. */
export function enableEndpoint(tx: Tx, id: string): Promise<EndpointRow> {
  return tx.one<EndpointRow>(sql`
    update webhook_endpoint set state = 'enabled', disabled_reason = null, disabled_at = null, failing_since = null,
      since = case when state = 'disabled' then ${fromNowOn} else since end, updated_at = ${tx.now}
    where ${own(tx)} and id = ${id} returning ${columns}`);
}

export function pauseEndpoint(tx: Tx, id: string): Promise<EndpointRow> {
  return tx.one<EndpointRow>(sql`
    update webhook_endpoint set state = 'paused', updated_at = ${tx.now}
    where ${own(tx)} and id = ${id} returning ${columns}`);
}

export function disableEndpoint(tx: Tx, id: string, reason: 'operator' | 'failing'): Promise<EndpointRow> {
  return tx.one<EndpointRow>(sql`
    update webhook_endpoint set state = 'disabled', disabled_reason = ${reason}, disabled_at = ${tx.now},
      updated_at = ${tx.now}
    where ${own(tx)} and id = ${id} returning ${columns}`);
}

/** What is queued from now on is kept apart from what waited. @returns the number of the new queue */
export async function startQueue(tx: Tx, id: string): Promise<number> {
  const { queue } = await tx.one<{ queue: number }>(sql`
    update webhook_endpoint set queue = queue + 1 where ${own(tx)} and id = ${id} returning queue`);
  return queue;
}

/** The secret until now stays good until a moment. */
export function replaceSecret(
  tx: Tx,
  row: { id: string; secret_sealed: Buffer; previousUntil: Date | null },
): Promise<EndpointRow> {
  return tx.one<EndpointRow>(sql`
    update webhook_endpoint set secret_sealed = ${row.secret_sealed}, previous_secret_until = ${row.previousUntil},
      previous_secret_sealed = case when ${row.previousUntil}::timestamptz is null then null else secret_sealed end,
      updated_at = ${tx.now}
    where ${own(tx)} and id = ${row.id} returning ${columns}`);
}

/** Takes it out of every read; a job erases it with its deliveries. Its secrets are gone at once. */
export async function markEndpointDeleted(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    update webhook_endpoint set state = 'deleted', secret_sealed = '', previous_secret_sealed = null,
      previous_secret_until = null, updated_at = ${tx.now}
    where ${own(tx)} and id = ${id}`);
}

/** Erases some deliveries of a deleted endpoint, and it with the last of them. @returns true when all is gone */
export async function eraseSomeOfEndpoint(tx: Tx, id: string, limit: number): Promise<boolean> {
  const erased = await tx.run(sql`
    delete from webhook_delivery where id in (
      select id from webhook_delivery
      where environment_id = ${tx.environmentId} and endpoint_id = ${id} limit ${limit})`);
  if (erased === limit) return false;
  await tx.run(sql`
    delete from webhook_endpoint
    where environment_id = ${tx.environmentId} and id = ${id} and state = 'deleted'`);
  return true;
}

/** Forgets secrets whose overlap is over. */
export async function forgetPreviousSecrets(tx: Tx): Promise<void> {
  await tx.run(sql`
    update webhook_endpoint set previous_secret_sealed = null, previous_secret_until = null
    where previous_secret_until < ${tx.now}`);
}
