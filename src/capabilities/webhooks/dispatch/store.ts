import type { Database } from '../../../platform/database/database.ts';
import { sql } from '../../../platform/database/sql.ts';
import type { EnvironmentKind } from '../../../platform/scope.ts';
import type { DeliveryAttempt } from '../deliveries/contract.ts';

/** A delivery that this process makes now. */
export interface ClaimedDelivery {
  environment_id: string;
  environment_kind: EnvironmentKind;
  id: string;
  /** Of this claim: after a lease that was taken away the same process may hold another. */
  lease_token: string;
  endpoint_id: string;
  sequence: number;
  tries: number;
  event_id: string;
  event_type: string;
  event_created_at: string;
  endpoint_url: string;
  secret_sealed: Buffer;
  previous_secret_sealed: Buffer | null;
  previous_secret_until: string | null;
  /** Null when the event is gone. */
  content: { data: object; context: object } | null;
}

/** How long a process may keep a delivery: longer than a request may take, with the note of its outcome. */
export const leaseSeconds = 25;

/** Endpoints that something is due for. */
export async function listDueEndpoints(database: Database, now: Date, limit: number): Promise<string[]> {
  const rows = await database.many<{ id: string }>(sql`
    select endpoint.id from webhook_endpoint as endpoint
    join environment on environment.id = endpoint.environment_id and environment.deleted_at is null
    where state = 'enabled' and exists (
      select from webhook_delivery
      where endpoint_id = endpoint.id and webhook_delivery.state = 'pending' and due_at <= ${now}
        and webhook_delivery.queue = endpoint.queue
        and (lease_until is null or lease_until < clock_timestamp()))
    order by random() limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Takes due deliveries, so many for each endpoint, for one lease; no two processes get the same one. */
export function claimDeliveries(
  database: Database,
  claim: { endpointIds: readonly string[]; rooms: readonly number[]; now: Date; leaseToken: string },
): Promise<ClaimedDelivery[]> {
  return database.many<ClaimedDelivery>(sql`
    with claimed as (
      select due.id, environment.kind, endpoint.endpoint_url, endpoint.secret_sealed,
        endpoint.previous_secret_sealed, endpoint.previous_secret_until
      from unnest(${claim.endpointIds}::text[], ${claim.rooms}::int[]) as wanted (endpoint_id, room)
      join webhook_endpoint as endpoint on endpoint.id = wanted.endpoint_id and endpoint.state = 'enabled'
      join environment on environment.id = endpoint.environment_id and environment.deleted_at is null
      cross join lateral (
        select id from webhook_delivery
        where endpoint_id = wanted.endpoint_id and state = 'pending' and due_at <= ${claim.now}
          and webhook_delivery.queue = endpoint.queue
          and (lease_until is null or lease_until < clock_timestamp())
        order by due_at, sequence limit wanted.room for update skip locked) as due),
    taken as (
      update webhook_delivery as delivery set lease_token = ${claim.leaseToken},
        lease_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
      from claimed where delivery.id = claimed.id
      returning delivery.environment_id, claimed.kind as environment_kind, delivery.id, delivery.endpoint_id,
        delivery.sequence, delivery.tries, delivery.event_id, delivery.event_type, delivery.event_created_at,
        claimed.endpoint_url, claimed.secret_sealed, claimed.previous_secret_sealed, claimed.previous_secret_until,
        delivery.sample)
    select taken.environment_id, environment_kind, taken.id, ${claim.leaseToken} as lease_token, endpoint_id, sequence, tries, event_id, event_type,
      event_created_at, endpoint_url, secret_sealed, previous_secret_sealed, previous_secret_until,
      coalesce(sample, found.content) as content
    from taken left join lateral (
      select json_build_object('data', data, 'context', context) as content from event
      where created_at = taken.event_created_at and id = taken.event_id limit 1) as found on true
    -- A claim that a crash forgets is made again: the commit does not wait for the disk.
    cross join (select set_config('synchronous_commit', 'off', true)) as relaxed
    order by sequence`);
}

/** What is noted of a delivery after a request. */
export interface Outcome {
  id: string;
  leaseToken: string;
  state: 'pending' | 'delivered' | 'failed';
  /** When it is sent next, for one that stays pending. */
  dueAt: Date | null;
  attempts: readonly DeliveryAttempt[];
}

/** Notes outcomes of deliveries that this process still holds; keeps the newest twenty attempts of each. */
export async function recordOutcomes(
  database: Database,
  { outcomes, now }: { outcomes: readonly Outcome[]; now: Date },
): Promise<void> {
  await database.run(sql`
    with done as (
      select * from unnest(${outcomes.map(({ id }) => id)}::text[],
        ${outcomes.map(({ leaseToken }) => leaseToken)}::text[], ${outcomes.map(({ state }) => state)}::text[],
        ${outcomes.map(({ dueAt }) => dueAt)}::timestamptz[],
        ${outcomes.map(({ attempts }) => JSON.stringify(attempts))}::jsonb[])
        as done (id, lease_token, state, due_at, attempts)),
    -- In the order in which everything locks deliveries; of two tries of one, that which holds it.
    held as (
      select done.* from webhook_delivery as delivery join done using (id)
      where delivery.lease_token = done.lease_token order by delivery.id for update of delivery)
    update webhook_delivery as delivery set
      state = case when held.state = 'delivered' or delivery.state = 'pending' then held.state
        else delivery.state end,
      ended_at = case when held.state = 'delivered' or delivery.state <> 'pending' or held.state = 'failed'
        then ${now}::timestamptz end,
      due_at = coalesce(held.due_at, delivery.due_at), tries = delivery.tries + 1,
      attempts = (case when jsonb_array_length(delivery.attempts) > 18
        then delivery.attempts - 0 - 0 else delivery.attempts end) || held.attempts,
      lease_token = null, lease_until = null
    from held where delivery.id = held.id`);
}

/** How an endpoint did. */
export interface Health {
  endpointId: string;
  isSuccess: boolean;
}

/** An endpoint that has done nothing but fail, and since when. */
export interface FailingEndpoint {
  id: string;
  environment_id: string;
  failing_since: string;
}

/**
 * Notes how endpoints did, to the minute: an endpoint that is sent much is not written each time. A run of failures ends
 * with a success, and begins anew after three days without any: the waits between retries are shorter.
 * @returns the endpoints that fail
 */
export function recordHealth(
  database: Database,
  healths: readonly Health[],
  now: Date,
): Promise<FailingEndpoint[]> {
  return database.many<FailingEndpoint>(sql`
    with told as (
      select * from unnest(${healths.map(({ endpointId }) => endpointId)}::text[],
        ${healths.map(({ isSuccess }) => isSuccess)}::boolean[]) as told (id, is_success)),
    noted as (
      select endpoint.id, told.is_success from webhook_endpoint as endpoint join told on told.id = endpoint.id
      where case when told.is_success
        then endpoint.failing_since is not null or endpoint.last_success_at is null
          or endpoint.last_success_at < ${now}::timestamptz - interval '1 minute'
        else endpoint.failing_since is null or endpoint.last_failure_at < ${now}::timestamptz - interval '1 minute' end
      order by endpoint.id for no key update of endpoint)
    update webhook_endpoint as endpoint set
      last_success_at = case when noted.is_success then ${now}::timestamptz else last_success_at end,
      last_failure_at = case when noted.is_success then last_failure_at else ${now}::timestamptz end,
      failing_since = case when noted.is_success then null
        when failing_since is null or last_failure_at < ${now}::timestamptz - interval '3 days'
        then ${now}::timestamptz else failing_since end
    from noted where endpoint.id = noted.id
    returning endpoint.id, endpoint.environment_id, endpoint.failing_since`);
}

/** Hands over what a stopping process still held: its tokens begin alike. */
export async function releaseDeliveries(database: Database, tokenStart: string): Promise<void> {
  await database.run(sql`
    update webhook_delivery set lease_token = null, lease_until = null
    where state = 'pending' and starts_with(lease_token, ${tokenStart})`);
}
