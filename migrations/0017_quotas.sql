-- owner: quota

-- Uses per person, code or challenge in the window that ends at `ends_at`. Unlogged: after a crash of the database
-- every window starts anew, and counting costs no disk.
create unlogged table quota_window (
  environment_id text collate "C" not null,
  bucket_hash bytea not null,
  used integer not null,
  ends_at timestamptz(3) not null,
  primary key (environment_id, bucket_hash)
) with (fillfactor = 70);
create index quota_window_age on quota_window (ends_at);
