-- owner: signing-keys

-- What an environment signs with: for each purpose a line of keys, numbered by generation. The number is claimed with the
-- row, so nodes that make the next key at the same time end with one. The newest that may sign yet is the one that signs.
create table signing_key (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  purpose text not null check (purpose in ('session', 'connect', 'saml-sp', 'saml-idp-lab')),
  generation integer not null,
  algorithm text not null check (algorithm in ('RS256', 'ES256')),
  public_key jsonb not null,
  -- Null once it will never sign again.
  private_key_sealed bytea,
  not_before timestamptz(3) not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint signing_key_generation_key unique (environment_id, purpose, generation)
);
