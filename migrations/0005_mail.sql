-- owner: mail

-- Messages on their way. They can hold codes and links, so the whole message is encrypted.
create table mail (
  id text collate "C" primary key,
  environment_id text collate "C" not null references environment (id) on delete cascade,
  sealed bytea not null,
  state text not null check (state in ('queued', 'sent', 'failed')),
  created_at timestamptz(3) not null,
  sent_at timestamptz(3)
);
create index mail_environment on mail (environment_id, id);
