import { createEventMonths } from '../events/partitions.ts';
import type { Log } from '../log.ts';
import { BackupError, type BackupHeader, readBackupRows, verifyBackup } from './backup-file.ts';
import { printExactly } from './backup.ts';
import {
  type Table,
  dropEverything,
  findFilledTable,
  hasMigrationTable,
  listSequences,
  listTables,
  withoutForeignKeys,
} from './catalogue.ts';
import { type Database, type Db, applicationName } from './database.ts';
import { type Migration, applyMigrations, lockMigrations, migrate, migrationStates } from './migrate.ts';
import { rawSql, sql } from './sql.ts';

export interface RestoreOptions {
  migrations: readonly Migration[];
  /** Gives up what the database holds now. */
  isReplacing: boolean;
  /** Goes on although sessions of a Doorwright are open. */
  isForced: boolean;
  log: Log;
}

export interface Restored {
  header: BackupHeader;
  rows: Record<string, number>;
  /** The migrations that are newer than the backup and were applied after it was loaded. */
  applied: string[];
}

const insertRows = 2_000;
const insertCharacters = 2_000_000;
const lockTimeout = '10s';

/**
 * Makes the database what it was when the backup was made, then brings it up to date. The file is read to its end
 * before anything is touched, and everything up to the backup's migrations happens in one transaction.
 * @param database without a limit on the time of a statement
 * @throws BackupError when the file is damaged or newer than this program, or the database is in use or not empty
 */
export async function restoreBackup(
  database: Database,
  path: string,
  options: RestoreOptions,
): Promise<Restored> {
  const { header, rows } = await verifyBackup(path);
  const migrations = migrationsOf(header, options.migrations);
  await database.transaction(async (db) => {
    await db.run(sql`select set_config('lock_timeout', ${lockTimeout}, true)`);
    await lockMigrations(db);
    if (!options.isForced) await refuseWhileInUse(db);
    await makeRoom(db, options);
    await applyMigrations(db, migrations);
    await createEventMonths(db, header.event_months);
    await load(db, path, header);
  });
  const applied = await migrate(database.pool, options.migrations, options.log);
  await migrationStates(database.pool, options.migrations);
  return { header, rows, applied };
}

/** The part of this program's migrations that the backup's database had, file by file the same. */
function migrationsOf(header: BackupHeader, known: readonly Migration[]): readonly Migration[] {
  const newer = header.migrations.find(({ name }) => !known.some((migration) => migration.name === name));
  if (newer) {
    throw new BackupError(
      `The backup was made by a newer Doorwright, ${header.doorwright} (${newer.name}). Restore it with that version or a later one.`,
    );
  }
  return header.migrations.map(({ name, checksum }, index) => {
    const migration = known[index];
    if (migration?.name === name && migration.checksum === checksum) return migration;
    throw new BackupError(
      `The migration ${name} is another one in this program than in the backup. Restore with an unchanged Doorwright.`,
    );
  });
}

async function refuseWhileInUse(db: Db): Promise<void> {
  const { sessions } = await db.one<{ sessions: number }>(sql`
    select count(*) as sessions from pg_stat_activity
    where datname = current_database() and starts_with(application_name, ${applicationName})
      and pid <> pg_backend_pid()`);
  if (sessions === 0) return;
  throw new BackupError(
    `A Doorwright is using this database (${sessions} sessions). Stop every node first. A pooler can keep sessions of stopped ones: then use --force.`,
  );
}

/** A database without rows is taken as it is; one with rows is emptied only when that was asked for. */
async function makeRoom(db: Db, options: RestoreOptions): Promise<void> {
  const tables = await listTables(db);
  if (!options.isReplacing) {
    const isForeign = tables.length > 0 && !(await hasMigrationTable(db));
    const filled = isForeign ? tables[0]?.name : await findFilledTable(db, tables);
    if (filled) {
      throw new BackupError(
        `The database is not empty (table ${filled}). With --replace everything in it is given up for the backup.`,
      );
    }
  }
  await dropEverything(db);
}

async function load(db: Db, path: string, header: BackupHeader): Promise<void> {
  await printExactly(db);
  const tables = matchTables(header, await listTables(db));
  // Rows that migrations made are in the backup, as they were by then.
  const names = [...tables.values()].map(({ quoted }) => quoted);
  if (names.length > 0) await db.run(rawSql(`truncate ${names.join(', ')}`));
  await withoutForeignKeys(db, () => loadRows(db, path, tables));
  await setSequences(db, header);
  for (const name of names) await db.run(rawSql(`analyze ${name}`));
}

/** Names from the file are used only to find names of the catalogue: nothing in a backup becomes SQL. */
function matchTables(header: BackupHeader, tables: readonly Table[]): Map<string, Table> {
  return new Map(
    header.tables.map(({ name, columns }) => {
      const table = tables.find((candidate) => candidate.name === name);
      const isSame = columns.join() === table?.columns.map((column) => column.name).join();
      if (table && isSame) return [name, table];
      throw new BackupError(`The table ${name} of the backup is not one that its migrations make.`);
    }),
  );
}

async function loadRows(db: Db, path: string, tables: ReadonlyMap<string, Table>): Promise<void> {
  let pending: { table: Table; rows: string[]; characters: number } | null = null;
  const flush = async (): Promise<void> => {
    if (pending && pending.rows.length > 0) await insert(db, pending.table, pending.rows);
    pending = null;
  };
  for await (const batch of readBackupRows(path)) {
    const table = tables.get(batch.table);
    if (!table) throw new BackupError(`The header of ${path} does not name the table ${batch.table}.`);
    for (const row of batch.rows) {
      if (pending && pending.table !== table) await flush();
      pending ??= { table, rows: [], characters: 0 };
      pending.rows.push(row);
      pending.characters += row.length;
      if (pending.rows.length >= insertRows || pending.characters >= insertCharacters) await flush();
    }
  }
  await flush();
}

async function insert(db: Db, table: Table, rows: readonly string[]): Promise<void> {
  const columns = table.columns.map(({ quoted }) => quoted).join(', ');
  const values = table.columns.map(({ type }, index) => `(line ->> ${index})::${type}`).join(', ');
  await db.run(sql`
    insert into ${rawSql(`${table.quoted} (${columns})`)} overriding system value
    select ${rawSql(values)} from jsonb_array_elements(${`[${rows.join(',')}]`}::jsonb) as line`);
}

async function setSequences(db: Db, header: BackupHeader): Promise<void> {
  const known = await listSequences(db);
  for (const { name, last_value, is_called } of header.sequences) {
    const sequence = known.find((candidate) => candidate.name === name);
    if (!sequence)
      throw new BackupError(`The sequence ${name} of the backup is not one that its migrations make.`);
    await db.run(sql`select setval(${sequence.quoted}::regclass, ${last_value}::bigint, ${is_called})`);
  }
}
