// a migration can be killed anywhere, run by anyone at once, and never takes a database it does not know.
import { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createEmptyDatabase } from '../../../test/postgres.ts';
import { createLog } from '../log.ts';
import { type Migration, MigrationError, migrate, migrationStates, readMigrations } from './migrate.ts';

const log = createLog('silent');
const directory = new URL('../../../migrations', import.meta.url).pathname;

interface EmptyDatabase {
  pool: Pool;
  /** Another node's pool. */
  openPool(options?: string): Pool;
}

async function openEmpty(): Promise<EmptyDatabase> {
  const { connection, drop } = await createEmptyDatabase();
  const pools: Pool[] = [];
  onTestFinished(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await drop();
  });
  const openPool = (options?: string): Pool => {
    const pool = new Pool({ ...connection, max: 2, ...(options ? { options } : {}) });
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  return { pool: openPool(), openPool };
}

const make = (name: string, sql: string): Migration => ({ name, sql, checksum: `of ${sql}` });

/** Every table, column, index and constraint, as text. */
async function describe(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    select attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) as line
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and attnum > 0
    union all select pg_get_indexdef(indexrelid) from pg_index join pg_class on pg_class.oid = indrelid
    where relnamespace = 'public'::regnamespace
    union all select conname || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace order by 1`);
  return rows.map(({ line }) => line);
}

test('a fresh database gets every migration, once, and says so', async () => {
  const { pool } = await openEmpty();
  const migrations = await readMigrations(directory);
  const names = migrations.map(({ name }) => name);
  const pending = await migrationStates(pool, migrations);
  expect(pending.map(({ name, state, appliedAt }) => [name, state, appliedAt])).toEqual(
    names.map((name) => [name, 'pending', null]),
  );
  expect(await migrate(pool, migrations, log)).toEqual(names);
  expect(await migrate(pool, migrations, log)).toEqual([]);
  const applied = await migrationStates(pool, migrations);
  expect(applied.every(({ state, appliedAt }) => state === 'applied' && appliedAt !== null)).toBe(true);
});

test('five nodes that start at once apply each migration once', async () => {
  const { openPool } = await openEmpty();
  const migrations = await readMigrations(directory);
  const applied = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(openPool(), migrations, log)));
  expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name));
});

test('killed at any statement, a migration leaves nothing, and the next run completes', async () => {
  const { pool: whole } = await openEmpty();
  const migrations = await readMigrations(directory);
  await migrate(whole, migrations, log);
  const expected = await describe(whole);
  const { pool } = await openEmpty();
  for (const [index, migration] of migrations.entries()) {
    const before = await describe(pool);
    const statements = splitStatements(migration.sql);
    for (let kept = 0; kept <= statements.length; kept += 1) {
      // The server ends the session there, as a kill of node or server would.
      const sql = [...statements.slice(0, kept), 'select pg_terminate_backend(pg_backend_pid())'].join(';');
      const killed = [...migrations.slice(0, index), { ...migration, sql }];
      await expect(migrate(pool, killed, log), `${migration.name} after ${kept}`).rejects.toThrow();
      expect((await describe(pool)).filter((line) => !line.includes('migration'))).toEqual(
        before.filter((line) => !line.includes('migration')),
      );
    }
    expect(await migrate(pool, migrations.slice(0, index + 1), log)).toEqual([migration.name]);
  }
  expect(await describe(pool)).toEqual(expected);
});

/** Our migrations hold no semicolon within a statement. */
const splitStatements = (sql: string): string[] =>
  sql
    .replaceAll(/--[^\n]*/g, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);

test('a migration that fails is undone whole, and those before it stay', async () => {
  const { pool } = await openEmpty();
  const first = make('0001_a', 'create table a (id text)');
  const bad = make('0002_b', 'create table b (id text); insert into nowhere values (1)');
  await expect(migrate(pool, [first, bad], log)).rejects.toThrow('nowhere');
  expect((await migrationStates(pool, [first, bad])).map(({ state }) => state)).toEqual([
    'applied',
    'pending',
  ]);
  const good = make('0002_b', 'create table b (id text)');
  expect(await migrate(pool, [first, good], log)).toEqual(['0002_b']);
});

test('a migration that was edited after it was applied is refused', async () => {
  const { pool } = await openEmpty();
  await migrate(pool, [make('0001_a', 'create table a (id text)')], log);
  const edited = [make('0001_a', 'create table a (id int)'), make('0002_b', 'create table b (id text)')];
  await expect(migrate(pool, edited, log)).rejects.toThrow('0001_a was changed after it was applied');
  await expect(pool.query('select from b')).rejects.toThrow('does not exist');
});

test('a database of a newer version is refused: no downgrade', async () => {
  const { pool } = await openEmpty();
  const older = [make('0001_a', 'create table a (id text)')];
  await migrate(pool, [...older, make('0002_b', 'create table b (id text)')], log);
  await expect(migrate(pool, older, log)).rejects.toThrow(MigrationError);
  await expect(migrate(pool, older, log)).rejects.toThrow('migrated by a newer Doorwright (0002_b)');
});

test('a PostgreSQL older than 15 is refused', async () => {
  const { pool, openPool } = await openEmpty();
  // What the server says of itself, as an old one would.
  await pool.query(`
    create schema old;
    create function old.current_setting(name text) returns text language sql as
      $$ select case name when 'server_version_num' then '140011' else '14.11' end $$`);
  const old = openPool('-c search_path=old,pg_catalog,public');
  await expect(migrate(old, await readMigrations(directory), log)).rejects.toThrow(
    'needs PostgreSQL 15 or newer; this is 14.11',
  );
});
