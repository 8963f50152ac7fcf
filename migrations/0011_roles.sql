-- owner: authorization

-- Roles of the environment, and of one organization when `organization_id` is set. The lowest priority number goes
-- first. Every environment has its default role from the start.
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
  foreign key (environment_id, organization_id) references organization (environment_id, id) on delete cascade,
  constraint role_slug_key unique nulls not distinct (environment_id, organization_id, slug)
);
create unique index role_default on role (environment_id, organization_id) nulls not distinct where is_default;

insert into role (environment_id, id, slug, name, priority, is_default, created_at, updated_at)
select id, 'role_0' || upper(left(md5(id), 25)), 'member', 'Member', 0, true,
  date_trunc('milliseconds', now()), date_trunc('milliseconds', now())
from environment;
