-- owner: authorization

-- Roles of the environment, and of one organization when `organization_id` is set. The lowest priority number goes
-- first. Every environment has its default role from the start. There is no foreign key to the organization: the
-- roles of one that is deleted stay until the last membership that holds them is gone.
create table role (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  organization_id text collate "C",
  slug text collate "C" not null,
  name text not null,
  description text,
  priority integer not null,
  is_default boolean not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint role_slug_key unique nulls not distinct (environment_id, organization_id, slug)
);
create unique index role_default on role (environment_id, organization_id) nulls not distinct where is_default;

insert into role (environment_id, id, slug, name, priority, is_default, created_at, updated_at)
select id, 'role_0' || upper(left(md5(id), 25)), 'member', 'Member', 0, true,
  date_trunc('milliseconds', now()), date_trunc('milliseconds', now())
from environment;

-- The roles that a membership holds, and who gave them. The key to the role is checked at the end of the transaction:
-- an environment that is erased takes both, in an order of PostgreSQL's own.
create table membership_role (
  environment_id text collate "C" not null,
  membership_id text collate "C" not null,
  role_id text collate "C" not null,
  source text not null check (source in ('direct', 'directory', 'sso')),
  created_at timestamptz(3) not null,
  primary key (environment_id, membership_id, role_id, source),
  foreign key (environment_id, role_id) references role (environment_id, id) deferrable initially deferred
);
create index membership_role_role on membership_role (environment_id, role_id);
