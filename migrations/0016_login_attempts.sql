-- owner: authentication

-- One sign-in on its way, by API or on our pages, from the first credential to the tokens. `state` holds what the
-- steps have found out. The pending token and the authorization code are found by their hashes; a code that comes a
-- second time ends the session it made.
create table login_attempt (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  user_id text collate "C",
  state json not null,
  browser_hash bytea,
  pending_hash bytea,
  code_hash bytea,
  code_expires_at timestamptz(3),
  session_id text collate "C",
  completed_at timestamptz(3),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade
);
create unique index login_attempt_pending on login_attempt (pending_hash) where pending_hash is not null;
create unique index login_attempt_code on login_attempt (code_hash) where code_hash is not null;
create index login_attempt_user on login_attempt (environment_id, user_id);
create index login_attempt_age on login_attempt (expires_at);
