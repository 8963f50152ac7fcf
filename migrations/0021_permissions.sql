-- owner: authorization

-- What programs ask for. Slugs never change, so that roles name them. One that is being taken from very many roles is
-- marked, and goes when a job is through with them: until then its slug is not free.
create table permission (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  slug text collate "C" not null,
  name text not null,
  description text,
  is_system boolean not null,
  resource_type_slug text collate "C" not null,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint permission_slug_key unique (environment_id, slug)
);

insert into permission (environment_id, id, slug, name, is_system, resource_type_slug, created_at, updated_at)
select environment.id, 'perm_0' || upper(left(md5(environment.id || made.slug), 25)), made.slug, made.name, true,
  'organization', date_trunc('milliseconds', now()), date_trunc('milliseconds', now())
from environment, (values
  ('widgets:users-table:manage', 'Manage users'),
  ('widgets:domain-verification:manage', 'Verify domains'),
  ('widgets:sso:manage', 'Set up single sign-on'),
  ('widgets:api-keys:manage', 'Manage API keys'),
  ('widgets:dsync:manage', 'Set up directory sync'),
  ('widgets:audit-log-streaming:manage', 'Stream audit logs'),
  ('widgets:pipes:manage', 'Connect accounts')
) as made (slug, name);

-- A role holds the slugs of its permissions itself, sorted: access is read for every token, and written rarely. One
-- that is being deleted is gone from every read at once, and its row when the last holder has been moved.
alter table role
  add column resource_type_slug text collate "C" not null default 'organization',
  add column permissions text[] collate "C" not null default '{}',
  add column deleted_at timestamptz(3);
alter table role drop constraint role_slug_key;
create unique index role_slug_key on role (environment_id, organization_id, slug) nulls not distinct
  where deleted_at is null;
create index role_permissions on role using gin (permissions);

-- `is_default` and `priority` are of the environment's roles. An organization has a default and an order of its own
-- from its first role on: `role_order` lists the roles of that moment, those that came later follow by age.
update role set is_default = false where organization_id is not null;
drop index role_default;
create unique index role_default on role (environment_id) where is_default;
alter table role add constraint role_default_check check (organization_id is null or not is_default);

create table role_configuration (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  organization_id text collate "C" not null,
  default_role_id text collate "C" not null,
  role_order text[] collate "C" not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, organization_id),
  foreign key (environment_id, default_role_id) references role (environment_id, id) deferrable initially deferred
);
create index role_configuration_default on role_configuration (environment_id, default_role_id);

-- `default`: nobody named a role.
alter table membership_role drop constraint membership_role_source_check;
alter table membership_role add constraint membership_role_source_check
  check (source in ('direct', 'directory', 'sso', 'default'));

-- Which role the members of a group have, as the identity provider of an organization names groups. `provider_id` is
-- the directory or the connection.
create table group_role_mapping (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  organization_id text collate "C" not null,
  source text not null check (source in ('directory', 'sso')),
  provider_id text collate "C" not null,
  group_id text collate "C" not null,
  role_id text collate "C" not null,
  created_at timestamptz(3) not null,
  primary key (environment_id, provider_id, group_id, role_id),
  foreign key (environment_id, role_id) references role (environment_id, id) deferrable initially deferred
);
create index group_role_mapping_role on group_role_mapping (environment_id, role_id);
create index group_role_mapping_organization on group_role_mapping (environment_id, organization_id);
