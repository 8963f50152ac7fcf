-- owner: development

-- Facts about the installation: the development clock's offset, the engine's marks.
create table install_setting (
  name text collate "C" primary key,
  value jsonb not null
);
