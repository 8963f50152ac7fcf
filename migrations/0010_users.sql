-- owner: users

-- People. `email` is kept as it was given, `email_key` is what makes it unique: case-folded and composed (NFC).
create table user_account (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  email text not null,
  email_key text collate "C" not null,
  email_verified boolean not null,
  first_name text,
  last_name text,
  name text,
  profile_picture_url text,
  last_sign_in_at timestamptz(3),
  external_id text collate "C",
  metadata json not null,
  locale text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint user_account_email_key unique (environment_id, email_key),
  constraint user_account_external_id_key unique (environment_id, external_id)
);

-- Who a person is at a provider (`oauth`) or at an organization's connection (`sso`). `verified_by` says why the
-- link was trusted.
create table identity (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  kind text not null check (kind in ('oauth', 'sso')),
  provider text collate "C",
  connection_id text collate "C",
  idp_id text collate "C" not null,
  email text,
  verified_by text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade,
  constraint identity_subject_key unique nulls not distinct (environment_id, kind, provider, connection_id, idp_id),
  check ((kind = 'oauth') = (provider is not null)),
  check ((kind = 'sso') = (connection_id is not null))
);
create index identity_user on identity (environment_id, user_id);

-- What a person proves with. A password is one row: our argon2id, or `format:text` of an import until it is used.
create table credential (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  kind text not null check (kind in ('password')),
  hash text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade
);
create unique index credential_password on credential (environment_id, user_id) where kind = 'password';
create index credential_user on credential (environment_id, user_id);

-- Passwords that a person had, newest last; kept only while the environment refuses their reuse.
create table former_password (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  hash text not null,
  created_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade
);
create index former_password_user on former_password (environment_id, user_id, id);
