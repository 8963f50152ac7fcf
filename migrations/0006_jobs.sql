-- owner: jobs

create table job (
  id text collate "C" primary key,
  environment_id text collate "C",
  kind text collate "C" not null,
  payload json not null,
  state text not null default 'waiting' check (state in ('waiting', 'dead')),
  run_at timestamptz(3) not null,
  attempts integer not null default 0,
  max_attempts integer not null,
  lease_token text collate "C",
  lease_until timestamptz,
  dedupe_key text collate "C" unique,
  last_error text,
  created_at timestamptz(3) not null default clock_timestamp()
);
create index job_due on job (run_at) where state = 'waiting';
create index job_lease on job (lease_token) where lease_token is not null;
create index job_dead on job (id) where state = 'dead';
