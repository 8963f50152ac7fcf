-- owner: authorization

-- The permissions that 0021 gave to environments of before had ids of no moment, and so came out of order in lists. As
-- any other id, theirs begin with the time that they were made: 48 bits in Crockford's base 32.
update permission
set id = 'perm_' || (
    select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (made.ms >> (45 - 5 * place) & 31)::int, 1), ''
      order by place)
    from generate_series(0, 9) as place, (select (extract(epoch from permission.created_at) * 1000)::bigint as ms) as made
  ) || upper(left(md5(environment_id || slug), 16))
where id = 'perm_0' || upper(left(md5(environment_id || slug), 25));
