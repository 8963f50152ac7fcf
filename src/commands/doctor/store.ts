import type { Db } from '../../platform/database/database.ts';
import { sql } from '../../platform/database/sql.ts';

export interface Server {
  number: number;
  version: string;
  database: string;
  started_at: string;
  now: string;
}

export function readServer(db: Db): Promise<Server> {
  return db.one<Server>(sql`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
      current_database() as database, pg_postmaster_start_time() as started_at, clock_timestamp() as now`);
}

/** A sealed value and what it is bound to. */
export interface SealedRow {
  kind: string;
  sealed: Buffer;
  identity: string;
}

/** A sealed value of each kind, with what its slice binds it to: the newest, which the newest key of the ring made. */
export function readSealed(db: Db): Promise<SealedRow[]> {
  return db.many<SealedRow>(sql`
    (select 'signing keys' as kind, private_key_sealed as sealed, 'signing_key:' || environment_id || ':' || id as identity
      from signing_key where private_key_sealed is not null order by created_at desc limit 1)
    union all
    (select 'mail', sealed, 'mail:' || id from mail order by created_at desc limit 1)
    union all
    (select 'codes', sealed, 'one_time_code:' || id from one_time_code order by created_at desc limit 1)
    union all
    (select 'password resets', sealed_token, 'password_reset:' || id
      from password_reset order by created_at desc limit 1)
    union all
    (select 'webhook secrets', secret_sealed, 'webhook_endpoint:' || id
      from webhook_endpoint where state <> 'deleted' order by created_at desc limit 1)
    union all
    (select 'replies to idempotency keys', reply, 'idempotency:' || owner || ':' || key || ':' || path
      from idempotency_key where reply is not null order by expires_at desc limit 1)`);
}

/**
 * The ids of the master keys that private keys and webhook secrets are sealed with. They are in clear, after a version
 * and their length.
 */
export function readKeyIds(db: Db): Promise<{ id: string }[]> {
  return db.many<{ id: string }>(sql`
    select distinct convert_from(substring(sealed from 3 for get_byte(sealed, 1)), 'UTF8') as id from (
      select private_key_sealed as sealed from signing_key
      union all
      select secret_sealed from webhook_endpoint where state <> 'deleted') as secret
    where length(sealed) > 1`);
}

export interface SignInRow {
  client_id: string;
  name: string;
  sign_in_uris: number;
  has_sign_out_default: boolean;
  urls: Record<string, string | null> | null;
}

export function readSignIns(db: Db): Promise<SignInRow[]> {
  return db.many<SignInRow>(sql`
    select client_id, name,
      (select count(*)::int from redirect_uri
        where redirect_uri.environment_id = environment.id and purpose = 'sign_in') as sign_in_uris,
      exists (select from redirect_uri
        where redirect_uri.environment_id = environment.id and purpose = 'sign_out' and is_default) as has_sign_out_default,
      (select value from environment_setting
        where environment_setting.environment_id = environment.id and environment_setting.name = 'urls') as urls
    from environment where deleted_at is null order by id`);
}

export interface SigningRow {
  client_id: string;
  kid: string;
  expires_at: string | null;
}

/** The keys that sign tokens now. */
export function readSigners(db: Db): Promise<SigningRow[]> {
  return db.many<SigningRow>(sql`
    select distinct on (environment.id) environment.client_id, signing_key.id as kid, signing_key.expires_at
    from environment join signing_key on signing_key.environment_id = environment.id
    where environment.deleted_at is null and signing_key.purpose = 'session' and signing_key.revoked_at is null
      and signing_key.not_before <= now() and (signing_key.expires_at is null or signing_key.expires_at > now())
    order by environment.id, signing_key.generation desc`);
}

/** An endpoint that is enabled, paused, or was disabled because it failed. */
export interface EndpointRow {
  id: string;
  endpoint_url: string;
  state: 'enabled' | 'paused' | 'disabled';
  disabled_at: string | null;
  failing_since: string | null;
  last_failure_at: string | null;
  /** Deliveries, counted up to `mostWaitingCounted`. */
  waiting: number;
  environment_name: string;
  client_id: string;
}

export const mostWaitingCounted = 1_000;

export function readEndpoints(db: Db): Promise<EndpointRow[]> {
  return db.many<EndpointRow>(sql`
    select endpoint.id, endpoint_url, state, disabled_at, failing_since, last_failure_at,
      environment.name as environment_name, environment.client_id,
      (select count(*)::int from (
        select from webhook_delivery where endpoint_id = endpoint.id and webhook_delivery.state = 'pending'
          and webhook_delivery.queue = endpoint.queue limit ${mostWaitingCounted}) as counted) as waiting
    from webhook_endpoint as endpoint
    join environment on environment.id = endpoint.environment_id and environment.deleted_at is null
    where state in ('enabled', 'paused') or (state = 'disabled' and disabled_reason = 'failing')
    order by environment.id, endpoint.id`);
}
