-- owner: password-resets

create table password_reset (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  email text not null,
  token_hash bytea not null,
  sealed_token bytea not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  replaced_at timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade,
  constraint password_reset_token_key unique (token_hash)
);
create index password_reset_user on password_reset (environment_id, user_id, id);
create index password_reset_age on password_reset (expires_at);
