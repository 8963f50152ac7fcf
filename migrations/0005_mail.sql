-- owner: mail

-- Messages on their way and, for a week, those that arrived. They can hold codes and links, so the whole message is
-- encrypted. `error` says why the last try failed, without addresses.
create table mail (
  id text collate "C" primary key,
  environment_id text collate "C" not null references environment (id) on delete cascade,
  sealed bytea not null,
  state text not null check (state in ('queued', 'sent', 'failed')),
  error text,
  created_at timestamptz(3) not null,
  sent_at timestamptz(3)
);
create index mail_environment on mail (environment_id, id);
create index mail_age on mail (created_at);
