-- owner: memberships

-- A person in an organization. There is no foreign key to the organization: one with very many members is gone from
-- every read at once, and a job removes the rows with their events.
create table membership (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  user_id text collate "C" not null,
  organization_id text collate "C" not null,
  status text not null check (status in ('active', 'inactive', 'pending')),
  directory_managed boolean not null,
  custom_attributes json not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references user_account (environment_id, id) on delete cascade,
  constraint membership_user_key unique (environment_id, user_id, organization_id)
);
create index membership_organization on membership (environment_id, organization_id, id);
create index membership_organization_user on membership (environment_id, organization_id, user_id);

alter table membership_role
  add foreign key (environment_id, membership_id) references membership (environment_id, id) on delete cascade;
