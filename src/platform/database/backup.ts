import { cursorColumnsInBackup } from '../events/cursors.ts';
import { listEventMonths } from '../events/partitions.ts';
import { eventColumnsInBackup } from '../events/store.ts';
import { jobColumnsInBackup } from '../jobs/store.ts';
import {
  BackupError,
  type BackupHeader,
  type BackupSink,
  type WrittenBackup,
  backupFormatVersion,
  writeBackupFile,
} from './backup-file.ts';
import { type Column, type Table, hasMigrationTable, listSequences, listTables } from './catalogue.ts';
import type { Database, Db } from './database.ts';
import { rawSql, sql } from './sql.ts';

/** Columns that leave in another shape than they are stored in, as SQL, by table. */
const columnsInBackup: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  event: eventColumnsInBackup,
  event_cursor: cursorColumnsInBackup,
  job: jobColumnsInBackup,
};

const firstFetchRows = 200;
const mostFetchRows = 5_000;
const fetchCharacters = 2_000_000;

/**
 * Writes everything that the database held at one moment into one file. The server may go on serving.
 * @param database without a limit on the time of a statement
 * @param options.version of this program, for the header
 * @throws BackupError when there is nothing to write
 */
export async function writeBackup(
  database: Database,
  path: string,
  options: { version: string },
): Promise<WrittenBackup & { header: BackupHeader }> {
  return database.transaction(async (db) => {
    await db.run(sql`set transaction isolation level repeatable read, read only`);
    await printExactly(db);
    const tables = await listTables(db);
    const header = await readHeader(db, tables, options);
    const written = await writeBackupFile(path, header, async (sink) => {
      for (const table of tables) await writeTable(db, table, sink);
    });
    return { ...written, header };
  });
}

/** Makes the text of every value independent of how this server, database or role is set. */
export async function printExactly(db: Db): Promise<void> {
  const settings = {
    timezone: 'UTC',
    datestyle: 'ISO, YMD',
    intervalstyle: 'postgres',
    extra_float_digits: '1',
    bytea_output: 'hex',
  };
  for (const [name, value] of Object.entries(settings)) {
    await db.run(sql`select set_config(${name}, ${value}, true)`);
  }
}

async function readHeader(
  db: Db,
  tables: readonly Table[],
  options: { version: string },
): Promise<BackupHeader> {
  if (!(await hasMigrationTable(db))) {
    throw new BackupError('This database holds nothing yet: Doorwright has never started on it.');
  }
  const sequences: BackupHeader['sequences'] = [];
  for (const { name, quoted } of await listSequences(db)) {
    const state = await db.one<{ last_value: string; is_called: boolean }>(
      rawSql(`select last_value::text as last_value, is_called from ${quoted}`),
    );
    sequences.push({ name, ...state });
  }
  return {
    format: 'doorwright-backup',
    version: backupFormatVersion,
    doorwright: options.version,
    created_at: (await db.one<{ now: string }>(sql`select now() as now`)).now,
    migrations: await db.many<{ name: string; checksum: string }>(
      sql`select name, checksum from migration order by name`,
    ),
    key_ids: await findKeyIds(db, tables),
    event_months: tables.some(({ name }) => name === 'event') ? await listEventMonths(db) : [],
    sequences,
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
  };
}

/** A `bytea` is a sealed value (see encryption.ts: version, length of the key's id, the id) unless its name says hash. */
const isSealed = ({ name, type }: Column): boolean => type === 'bytea' && !/(^|_)hash$/.test(name);

async function findKeyIds(db: Db, tables: readonly Table[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const { quoted, columns } of tables) {
    for (const column of columns.filter(isSealed)) {
      const rows = await db.many<{ id: string }>(
        rawSql(`select distinct encode(substring(${column.quoted} from 3 for get_byte(${column.quoted}, 1)), 'escape') as id
          from ${quoted} where length(${column.quoted}) > 2 and get_byte(${column.quoted}, 0) = 1`),
      );
      for (const { id } of rows) ids.add(id);
    }
  }
  return [...ids].sort();
}

/** Reads through a cursor in pieces of about the same size, so that neither long rows nor many need memory. */
async function writeTable(db: Db, table: Table, sink: BackupSink): Promise<void> {
  const instead = columnsInBackup[table.name] ?? {};
  // A snapshot names transactions of this cluster: in another one it means nothing.
  const shape = ({ name, type, quoted }: Column) =>
    instead[name] ?? (type === 'pg_snapshot' ? 'null' : quoted);
  const texts = table.columns.map((column) => `(${shape(column)})::text`);
  await db.run(
    rawSql(`declare backup_rows no scroll cursor for
      select json_build_array(${texts.join(', ')})::text as line from ${table.quoted}`),
  );
  await sink.beginTable(table.name);
  const fetch = (count: number) => db.many<{ line: string }>(rawSql(`fetch ${count} from backup_rows`));
  let fetching = fetch(firstFetchRows);
  for (;;) {
    const lines = (await fetching).map(({ line }) => line);
    if (lines.length === 0) break;
    const characters = lines.reduce((sum, line) => sum + line.length, 0);
    const wanted = Math.floor((fetchCharacters * lines.length) / characters);
    // PostgreSQL prepares the next piece while this one is compressed.
    fetching = fetch(Math.min(Math.max(wanted, 1), mostFetchRows));
    fetching.catch(() => undefined);
    await sink.writeRows(lines);
  }
  await db.run(rawSql('close backup_rows'));
}
