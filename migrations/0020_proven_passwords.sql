-- owner: users

-- False for the password of somebody who signed up and has not shown yet that they read mail sent to the address: when
-- somebody else vouches for the address, that password must not come to life with it.
alter table credential add column is_proven boolean not null default true;
