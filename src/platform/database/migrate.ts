import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Log } from '../log.ts';
import type { Db } from './database.ts';
import { rawSql, sql } from './sql.ts';

export interface Migration {
  /** `0001_environments` */
  name: string;
  sql: string;
  checksum: string;
}

export interface MigrationState {
  name: string;
  state: 'applied' | 'pending';
  appliedAt: string | null;
}

/** A database that this program must not touch: newer than it, with a changed history, or of a server too old. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The one lock of all migrations, taken inside each transaction (no session state, DESIGN decision 4). */
const lockKey = 6_240_001;

/** Switches the pool's limit off for one statement: the longest that a timer takes. */
const patient = { query_timeout: 2 ** 31 - 1 };

const oldestServerVersion = 150_000;

const createTable = `
  create table if not exists migration (
    name text collate "C" primary key, checksum text not null, applied_at timestamptz(3) not null default now())`;

/** Reads the ordered list of migrations from a folder. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(directory, file), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { name: file.slice(0, -4), sql, checksum };
    }),
  );
}

/**
 * Applies what is pending, each migration in a transaction of its own; may be killed and run again at any point,
 * and by any number of nodes at once.
 * @returns the names that this call applied
 * @throws MigrationError when the database knows a migration that this program does not, or one was edited
 */
export async function migrate(pool: pg.Pool, migrations: readonly Migration[], log: Log): Promise<string[]> {
  const applied: string[] = [];
  const states = await migrationStates(pool, migrations);
  for (const migration of migrations.filter((_, index) => states[index]?.state === 'pending')) {
    if (await applyMigration(pool, migration)) {
      applied.push(migration.name);
      log.info({ migration: migration.name }, 'migration applied');
    }
  }
  return applied;
}

/** True when this call applied it, false when another node had. */
async function applyMigration(pool: pg.Pool, migration: Migration): Promise<boolean> {
  const client = await pool.connect();
  // A connection that is lost fails the statement in flight; without a listener it would also end the process.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  try {
    await client.query('begin');
    // An index on a big table, or another node's, takes as long as it takes.
    await client.query('set local statement_timeout = 0');
    await client.query({ text: `select pg_advisory_xact_lock(${lockKey})`, ...patient });
    await client.query(createTable);
    const known = await client.query('select 1 from migration where name = $1', [migration.name]);
    const isNew = known.rowCount === 0;
    if (isNew) {
      await client.query({ text: migration.sql, ...patient });
      await client.query('insert into migration (name, checksum) values ($1, $2)', [
        migration.name,
        migration.checksum,
      ]);
    }
    await client.query('commit');
    return isNew;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.off('error', ignore);
    client.release();
  }
}

/** Waits for the lock of all migrations and keeps it until the transaction ends. */
export async function lockMigrations(db: Db): Promise<void> {
  await db.run(sql`select pg_advisory_xact_lock(${lockKey})`);
}

/**
 * Applies migrations to an empty schema within a transaction of the caller, which holds the lock.
 * @throws what PostgreSQL says to a migration
 */
export async function applyMigrations(db: Db, migrations: readonly Migration[]): Promise<void> {
  await db.run(rawSql(createTable));
  for (const { name, checksum, sql: text } of migrations) {
    await db.run(rawSql(text));
    await db.run(sql`insert into migration (name, checksum) values (${name}, ${checksum})`);
  }
}

/**
 * Says for each migration whether the database has it.
 * @throws MigrationError as `migrate`, and for a PostgreSQL that is too old
 */
export async function migrationStates(
  pool: pg.Pool,
  migrations: readonly Migration[],
): Promise<MigrationState[]> {
  await requireSupportedServer(pool);
  const rows = await readApplied(pool);
  const names = new Set(migrations.map(({ name }) => name));
  const unknown = [...rows.keys()].find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new MigrationError(
      `The database was migrated by a newer Doorwright (${unknown}). Start that version, or restore a backup that this version made.`,
    );
  }
  return migrations.map(({ name, checksum }) => {
    const row = rows.get(name);
    if (row && row.checksum !== checksum) {
      throw new MigrationError(
        `The migration ${name} was changed after it was applied. Restore the file; changes go into a new migration.`,
      );
    }
    return { name, state: row ? 'applied' : 'pending', appliedAt: row?.applied_at ?? null };
  });
}

async function requireSupportedServer(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  const [server] = rows;
  if (server && server.number >= oldestServerVersion) return;
  throw new MigrationError(
    `Doorwright needs PostgreSQL 15 or newer; this is ${server?.version}. Upgrade the server, or unset DATABASE_URL to use the embedded one.`,
  );
}

async function readApplied(pool: pg.Pool): Promise<Map<string, { checksum: string; applied_at: string }>> {
  const exists = await pool.query("select to_regclass('migration') is not null as found");
  if (!(exists.rows[0] as { found: boolean }).found) return new Map();
  const { rows } = await pool.query('select name, checksum, applied_at from migration');
  return new Map(
    (rows as { name: string; checksum: string; applied_at: string }[]).map((row) => [row.name, row]),
  );
}
