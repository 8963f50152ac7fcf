-- owner: environments

-- One row per environment. An environment that is being erased keeps its row until the erasing job is done.
create table environment (
  id text collate "C" primary key,
  name text not null,
  kind text not null check (kind in ('sandbox', 'production')),
  client_id text collate "C" not null unique,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create table environment_host (
  host text collate "C" primary key,
  environment_id text collate "C" not null references environment (id) on delete cascade,
  kind text not null check (kind in ('api', 'auth', 'portal', 'email')),
  created_at timestamptz(3) not null
);
create index environment_host_environment on environment_host (environment_id);

-- Secret keys. Only the SHA-256 of a key is stored; it is found by it.
create table environment_api_key (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  hash bytea not null unique,
  obfuscated_value text not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id)
);

-- Keys of the installation: they manage environments and are made with database access only.
create table install_key (
  id text collate "C" primary key,
  name text not null,
  hash bytea not null unique,
  obfuscated_value text not null,
  created_at timestamptz(3) not null
);

create table redirect_uri (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  purpose text not null check (purpose in ('sign_in', 'sign_out')),
  uri text not null,
  is_default boolean not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint redirect_uri_uri_key unique (environment_id, purpose, uri)
);
create unique index redirect_uri_default on redirect_uri (environment_id, purpose) where is_default;

create table cors_origin (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  origin text collate "C" not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint cors_origin_origin_key unique (environment_id, origin)
);
create index cors_origin_by_origin on cors_origin (origin);

-- One row per group of settings that was ever changed; a group without a row has its defaults.
create table environment_setting (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  name text collate "C" not null,
  value jsonb not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, name)
);
