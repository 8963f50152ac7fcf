-- owner: webhooks

create table webhook_endpoint (
  environment_id text collate "C" not null references environment on delete cascade,
  id text collate "C" primary key,
  endpoint_url text collate "C" not null,
  -- Types of events; none means all.
  events text[] collate "C" not null,
  state text not null check (state in ('enabled', 'paused', 'disabled', 'deleted')),
  disabled_reason text check (disabled_reason in ('operator', 'failing')),
  disabled_at timestamptz(3),
  secret_sealed bytea not null,
  -- Before a rotation, while both are good.
  previous_secret_sealed bytea,
  previous_secret_until timestamptz(3),
  -- What was committed before it was switched on: not sent. Null once the cursor has passed all of it, and in a backup.
  since pg_snapshot,
  -- Of the newest delivery: each has the next number.
  sequence bigint not null default 0,
  failing_since timestamptz(3),
  last_failure_at timestamptz(3),
  last_success_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index webhook_endpoint_url_key on webhook_endpoint (environment_id, endpoint_url)
  where state <> 'deleted';
create index webhook_endpoint_list on webhook_endpoint (environment_id, id);

create table webhook_delivery (
  environment_id text collate "C" not null,
  id text collate "C" primary key,
  endpoint_id text collate "C" not null references webhook_endpoint on delete cascade,
  sequence bigint not null,
  event_id text collate "C" not null,
  event_type text collate "C" not null,
  event_created_at timestamptz(3) not null,
  -- The payload of a test event, which stands in no list of events.
  sample json,
  state text not null check (state in ('pending', 'delivered', 'failed', 'discarded')),
  -- Of the schedule: a delivery that is queued again begins with 0.
  tries integer not null default 0,
  due_at timestamptz(3) not null,
  -- The newest requests and what was answered, at most twenty.
  attempts jsonb not null default '[]',
  lease_token text collate "C",
  lease_until timestamptz(3),
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  unique (endpoint_id, event_id)
) with (fillfactor = 80);
create index webhook_delivery_due on webhook_delivery (endpoint_id, due_at, sequence) where state = 'pending';
create index webhook_delivery_list on webhook_delivery (endpoint_id, id);
create index webhook_delivery_failed on webhook_delivery (endpoint_id, id) where state = 'failed';
create index webhook_delivery_ended on webhook_delivery (ended_at) where ended_at is not null;

-- Events that are queued for an endpoint again, in pieces: it stands at the last event that was looked at.
create table webhook_replay (
  environment_id text collate "C" not null,
  id text collate "C" primary key,
  endpoint_id text collate "C" not null references webhook_endpoint on delete cascade,
  state text not null check (state in ('running', 'done')),
  -- As it was asked for: an event's id, or a moment.
  since text collate "C" not null,
  until timestamptz(3) not null,
  -- Null until an event was looked at.
  after_event_id text collate "C",
  -- None: those that the endpoint has chosen.
  events text[] collate "C" not null,
  include text not null check (include in ('undelivered', 'all')),
  queued_count bigint not null default 0,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3)
);
create index webhook_replay_endpoint on webhook_replay (endpoint_id);
