// The migrated schema, asked what it is: the rules of docs/storage.md that PostgreSQL does not enforce itself.
import { readFileSync, readdirSync } from 'node:fs';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, createTestDatabase } from './postgres.ts';

// Rows that outlive their environment, or are written before anything can be checked, and why.
const LOOSE: Readonly<Record<string, string>> = {
  event:
    'a partition is dropped whole, and a key would be checked for each event; erasing an environment deletes them',
  job: 'the job that erases an environment must outlive it',
  quota_window: 'its rows live for minutes, and a key would be checked for each use',
};

// `bytea` columns are hashes, which their names say, or sealed under the master key: a backup names the keys of these.
const SEALED: readonly string[] = [
  'idempotency_key.reply',
  'mail.sealed',
  'one_time_code.sealed',
  'password_reset.sealed_token',
  'signing_key.private_key_sealed',
  'webhook_endpoint.previous_secret_sealed',
  'webhook_endpoint.secret_sealed',
];

// `bytea` columns that anybody is shown.
const PUBLIC: readonly string[] = ['branding_picture.content'];

// Text that identifies: compared byte by byte, so that order and equality don't depend on a locale.
const IDENTIFIER =
  /^(id|key|path|slug|host|domain|origin|dedupe_key|owner|lease_token)$|_(id|key|slug|token)$/;
const NO_IDENTIFIER: ReadonlySet<string> = new Set(['organization_domain.verification_token']);

let made: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  made = await createTestDatabase();
  pool = new Pool({ ...made.connection, max: 2 });
});

afterAll(async () => {
  await pool.end();
  await made.drop();
});

const list = async (query: string): Promise<string[]> =>
  (await pool.query<{ name: string }>(query)).rows.map(({ name }) => name);

const tables = `select c.oid, c.relname from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> 'migration'`;

const columns = `select t.oid, t.relname, a.attname, a.attnum, a.atttypid, a.attcollation from (${tables}) t
  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped`;

const keysWithoutIndex = `
    select conrelid::regclass || ' (' || (
      select string_agg(attname, ', ' order by place) from unnest(conkey) with ordinality as k (number, place)
      join pg_attribute on attrelid = conrelid and attnum = number) || ')' as name
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
      select from pg_index where indrelid = conrelid and indpred is null
        and (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey)`;

const linguisticText = `
    select relname || '.' || attname as name from (${columns}) c
    where attcollation not in (0, 'pg_catalog."C"'::regcollation)`;

const looseTables = `
    with recursive bound (oid) as (
      select 'environment'::regclass::oid
      union select conrelid from pg_constraint join bound on confrelid = bound.oid
      where contype = 'f' and confdeltype = 'c')
    select relname::text as name from (${columns}) c
    where attname = 'environment_id' and not exists (select from bound where bound.oid = c.oid) order by 1`;

const otherTimes = `
    select relname || '.' || a.attname as name from (${columns}) c
    join pg_attribute a on a.attrelid = c.oid and a.attnum = c.attnum
    where a.atttypid in ('timestamp'::regtype, 'timestamptz'::regtype)
      and format_type(a.atttypid, a.atttypmod) <> 'timestamp(3) with time zone'`;

test('every foreign key has an index that begins with its columns', async () => {
  const missing = await list(keysWithoutIndex);
  expect(missing).toEqual([]);
});

test('every table has an owner: the slice that its migration names', async () => {
  const owners = new Map<string, string>();
  for (const file of readdirSync('migrations').filter((name) => name.endsWith('.sql'))) {
    const text = readFileSync(`migrations/${file}`, 'utf8');
    const owner = /^-- owner: (\S+)/.exec(text)?.[1] ?? '';
    for (const match of text.matchAll(/create (?:unlogged )?table (\w+)(?! partition of)\b/g))
      owners.set(match[1] ?? '', owner);
  }
  const ownerless = (await list(`select relname::text as name from (${tables}) t`)).filter(
    (name) => !owners.get(name),
  );
  expect(ownerless).toEqual([]);
});

test('every table is explained in docs/storage.md, and none that is gone', async () => {
  const explained = [...readFileSync('docs/storage.md', 'utf8').matchAll(/^\| `(\w+)`/gm)].map(
    (match) => match[1],
  );
  const names = await list(`select relname::text as name from (${tables}) t`);
  expect(explained.sort()).toEqual([...names, 'migration'].sort());
});

test('text that identifies is compared byte by byte', async () => {
  const linguistic = await list(linguisticText);
  const wrong = linguistic
    .filter((name) => IDENTIFIER.test(name.split('.')[1] ?? ''))
    .filter((name) => !NO_IDENTIFIER.has(name));
  expect(wrong).toEqual([]);
});

test('rows of an environment go with it: a foreign key leads there, or a reason stands here', async () => {
  const loose = await list(looseTables);
  expect(loose).toEqual(Object.keys(LOOSE));
});

test('bytes are hashes by name, sealed, or meant for everyone', async () => {
  const bytes = await list(`
    select relname || '.' || attname as name from (${columns}) c where atttypid = 'bytea'::regtype order by 1`);
  expect(bytes.filter((name) => !/[._]hash$/.test(name))).toEqual([...PUBLIC, ...SEALED].sort());
});

test('times are kept to the millisecond that the wire shows, leases excepted', async () => {
  const other = await list(otherTimes);
  expect(other).toEqual(['job.lease_until']);
});

test('there is nothing in the schema that a restore would not remove and make again', async () => {
  const others = await list(`
    select proname::text as name from pg_proc where pronamespace = 'public'::regnamespace
    union all select typname::text from pg_type left join pg_class on pg_class.oid = typrelid
    where typnamespace = 'public'::regnamespace and typcategory <> 'A' and (typrelid = 0 or relkind = 'c')
    union all select relname::text from pg_class
    where relnamespace = 'public'::regnamespace and relkind not in ('r', 'p', 'i', 'I', 'S', 't')`);
  expect(others).toEqual([]);
});

test('the rules find what they look for', async () => {
  await pool.query(`create table bad (
    id text primary key, environment_id text references environment (id), made_at timestamptz, parent_id text,
    foreign key (parent_id) references bad (id))`);
  try {
    expect(await list(keysWithoutIndex)).toEqual(['bad (environment_id)', 'bad (parent_id)']);
    expect((await list(linguisticText)).filter((name) => name.startsWith('bad'))).toEqual([
      'bad.id',
      'bad.environment_id',
      'bad.parent_id',
    ]);
    expect(await list(looseTables)).toContain('bad');
    expect(await list(otherTimes)).toContain('bad.made_at');
  } finally {
    await pool.query('drop table bad');
  }
});
