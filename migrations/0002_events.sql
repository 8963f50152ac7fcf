-- owner: events

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
