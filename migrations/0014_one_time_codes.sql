-- owner: one-time-codes

-- Six digits sent to an address. The code can be read again by API, so it is encrypted. `attempts` counts guesses:
-- after the last allowed one the code is burnt. A person has one code per purpose that counts: the newest.
create table one_time_code (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  purpose text not null check (purpose in ('email_verification', 'magic_auth')),
  user_id text collate "C" not null,
  email text not null,
  sealed bytea not null,
  attempts integer not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade
);
create index one_time_code_user on one_time_code (environment_id, user_id, purpose, id);
create index one_time_code_age on one_time_code (expires_at);
