-- owner: platform

-- The outbox, the Events API and the source of webhooks. Read only through platform/events/store.ts:
-- the order is (xid, seq), and rows of transactions that may still be running are not visible.
create sequence event_seq;
create table event (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  seq bigint not null default nextval('event_seq'),
  xid xid8 not null default pg_current_xact_id(),
  type text collate "C" not null,
  organization_id text collate "C",
  data json not null,
  context json not null,
  created_at timestamptz(3) not null,
  primary key (created_at, id)
) partition by range (created_at);
create index event_order on event (environment_id, xid, seq);
create index event_type_order on event (environment_id, type, xid, seq);
create index event_organization_order on event (environment_id, organization_id, xid, seq)
  where organization_id is not null;
-- Catches what a jump of the clock puts outside the monthly partitions.
create table event_default partition of event default;

create table job (
  id text collate "C" primary key,
  environment_id text collate "C",
  kind text collate "C" not null,
  payload json not null,
  state text not null default 'waiting' check (state in ('waiting', 'dead')),
  run_at timestamptz(3) not null,
  attempts integer not null default 0,
  max_attempts integer not null,
  lease_token text collate "C",
  lease_until timestamptz,
  dedupe_key text collate "C" unique,
  last_error text,
  created_at timestamptz(3) not null default clock_timestamp()
);
create index job_due on job (run_at) where state = 'waiting';
create index job_lease on job (lease_token) where lease_token is not null;
create index job_dead on job (id) where state = 'dead';

-- The first reply to an Idempotency-Key, encrypted. The owner is an environment, or `install`.
create table idempotency_key (
  owner text collate "C" not null,
  key text collate "C" not null,
  path text collate "C" not null,
  body_hash bytea not null,
  reply bytea,
  expires_at timestamptz(3) not null,
  primary key (owner, key, path)
);
create index idempotency_key_expiry on idempotency_key (expires_at);

-- Facts about the installation: the development clock's offset, the engine's marks.
create table install_setting (
  name text collate "C" primary key,
  value jsonb not null
);
