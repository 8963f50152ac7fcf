-- owner: events

-- How far a reader of all events has come, for each environment: what feeds webhooks is one. It stands below every
-- transaction that may still write, so nothing can appear behind it. See platform/events/cursors.ts.
create table event_cursor (
  environment_id text collate "C" not null references environment on delete cascade,
  consumer text collate "C" not null,
  xid xid8 not null,
  seq bigint not null,
  primary key (environment_id, consumer)
);
