-- owner: sessions

-- A signed-in person. It ends when it is revoked (`ended_at`), at `expires_at`, or when it is not refreshed before
-- `idle_expires_at`. Of refresh tokens only hashes are stored: the one that is valid, and the one before it, which is
-- answered with the same successor for a few seconds after `rotated_at`.
create table session (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  organization_id text collate "C",
  authentication_method text not null,
  ip_address text,
  user_agent text,
  impersonator_email text,
  impersonator_reason text,
  refresh_hash bytea not null,
  former_refresh_hash bytea,
  rotated_at timestamptz(3) not null,
  authenticated_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  idle_expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade
) with (fillfactor = 80);
create index session_of_user on session (environment_id, user_id, id);
create index session_organization on session (environment_id, organization_id) where ended_at is null;
create unique index session_id on session (id);
