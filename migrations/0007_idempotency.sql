-- owner: idempotency

-- The first reply to an Idempotency-Key, encrypted. The owner is an environment, or `install`.
create table idempotency_key (
  owner text collate "C" not null,
  key text collate "C" not null,
  path text collate "C" not null,
  body_hash bytea not null,
  reply bytea,
  expires_at timestamptz(3) not null,
  primary key (owner, key, path)
);
create index idempotency_key_expiry on idempotency_key (expires_at);
