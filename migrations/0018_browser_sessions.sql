-- owner: sessions

-- Somebody who signed in on our pages and is known to this browser: the next application they come from is answered
-- without asking again. Each application has a session of its own; ending one ends the browser's too, and so does
-- what ends all of a person's sessions. Only the hash of the cookie is stored.
create table browser_session (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  token_hash bytea not null,
  authentication_method text not null,
  authenticated_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade,
  constraint browser_session_token_key unique (token_hash)
);
create index browser_session_user on browser_session (environment_id, user_id);
create index browser_session_age on browser_session (expires_at);

alter table session add column browser_session_id text collate "C";
