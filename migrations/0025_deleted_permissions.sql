-- owner: authorization

-- Every answer about roles asks which permissions are being deleted: as a rule none.
create index permission_deleted on permission (environment_id, slug) where deleted_at is not null;
