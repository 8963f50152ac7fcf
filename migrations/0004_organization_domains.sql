-- owner: organization-domains

create table organization_domain (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  organization_id text collate "C" not null,
  domain text collate "C" not null,
  state text not null check (state in ('pending', 'verified', 'failed', 'legacy_verified', 'unverified')),
  verification_strategy text not null check (verification_strategy in ('dns', 'manual')),
  verification_prefix text,
  verification_token text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, id),
  constraint organization_domain_domain_key unique (environment_id, organization_id, domain),
  foreign key (environment_id, organization_id) references organization (environment_id, id) on delete cascade
);
create index organization_domain_by_domain on organization_domain (environment_id, domain);
