-- owner: organizations

create table organization (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  external_id text collate "C",
  stripe_customer_id text collate "C",
  allow_profiles_outside_organization boolean not null,
  metadata json not null,
  admin_emails text[] not null default '{}',
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint organization_external_id_key unique (environment_id, external_id),
  constraint organization_stripe_customer_id_key unique (environment_id, stripe_customer_id)
);
