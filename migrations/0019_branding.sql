-- owner: branding

-- How an environment looks to its people. No row until something is changed; null is Doorwright's own look.
create table branding (
  environment_id text collate "C" primary key references environment (id) on delete cascade,
  application_name text,
  appearance text not null default 'auto' check (appearance in ('auto', 'light', 'dark')),
  corner_radius text not null default 'medium' check (corner_radius in ('none', 'small', 'medium', 'large')),
  logo_style text not null default 'logo' check (logo_style in ('logo', 'icon')),
  -- Colours are written into a style sheet: the shape is what keeps anything else out of it.
  primary_color text check (primary_color ~ '^#[0-9a-f]{6}$'),
  primary_color_dark text check (primary_color_dark ~ '^#[0-9a-f]{6}$'),
  background_color text check (background_color ~ '^#[0-9a-f]{6}$'),
  background_color_dark text check (background_color_dark ~ '^#[0-9a-f]{6}$'),
  link_color text check (link_color ~ '^#[0-9a-f]{6}$'),
  link_color_dark text check (link_color_dark ~ '^#[0-9a-f]{6}$'),
  updated_at timestamptz(3) not null
);

-- Its pictures, shown to everyone. The hash is the address: another picture has another.
create table branding_picture (
  environment_id text collate "C" not null references environment (id) on delete cascade,
  kind text not null check (kind in ('logo', 'logo_dark', 'icon', 'icon_dark', 'favicon')),
  hash text collate "C" not null,
  format text not null check (format in ('png', 'jpeg', 'gif', 'webp', 'avif', 'ico', 'svg')),
  -- Null for a drawing.
  width integer,
  height integer,
  content bytea not null,
  updated_at timestamptz(3) not null,
  primary key (environment_id, kind)
);
