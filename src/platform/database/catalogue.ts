import type { Db } from './database.ts';
import { rawSql, sql } from './sql.ts';

/** What the schema holds, read from PostgreSQL's own catalogues, so that no list of tables has to be kept. */

export interface Column {
  name: string;
  /** As a cast takes it: `timestamp(3) with time zone`. */
  type: string;
  /** The name, ready for SQL. */
  quoted: string;
}

export interface Table {
  name: string;
  /** The name, ready for SQL. */
  quoted: string;
  columns: Column[];
}

export interface Sequence {
  name: string;
  quoted: string;
}

/** Tables with the columns that hold data, by name: without partitions (their parent stands for them) and migrations. */
export function listTables(db: Db): Promise<Table[]> {
  return db.many<Table>(sql`
    select c.relname::text as name, quote_ident(c.relname) as quoted, json_agg(json_build_object(
      'name', a.attname, 'quoted', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod))
      order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'migration' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname collate "C"`);
}

/** Sequences, by name. */
export function listSequences(db: Db): Promise<Sequence[]> {
  return db.many<Sequence>(sql`
    select relname::text as name, quote_ident(relname) as quoted from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'S' order by relname collate "C"`);
}

/** Says whether the database has a history of migrations at all. */
export async function hasMigrationTable(db: Db): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(
    sql`select to_regclass('migration') is not null as found`,
  );
  return found;
}

/** The name of a table that holds a row, or null when there is none in any. */
export async function findFilledTable(db: Db, tables: readonly Table[]): Promise<string | null> {
  for (const { name, quoted } of tables) {
    if ((await db.run(rawSql(`select 1 from ${quoted} limit 1`))) > 0) return name;
  }
  return null;
}

/**
 * Takes the foreign keys off, runs `work` and puts them back: rows can then be loaded in any order, references to the
 * same table and cycles included, and each key is checked once for all rows.
 * @throws what PostgreSQL says when a row refers to nothing
 */
export async function withoutForeignKeys(db: Db, work: () => Promise<void>): Promise<void> {
  const keys = await db.many<{ dropping: string; adding: string }>(sql`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as dropping,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as adding
    from pg_constraint
    where contype = 'f' and conparentid = 0 and connamespace = current_schema()::regnamespace
    order by conrelid::regclass::text, conname`);
  for (const { dropping } of keys) await db.run(rawSql(dropping));
  await work();
  for (const { adding } of keys) await db.run(rawSql(adding));
}

/** Drops every table and sequence of the schema. What belongs to an extension stays. */
export async function dropEverything(db: Db): Promise<void> {
  const names = async (kinds: string): Promise<string[]> => {
    const rows = await db.many<{ quoted: string }>(sql`
      select quote_ident(relname) as quoted from pg_class
      where relnamespace = current_schema()::regnamespace and relkind = any(${kinds.split('')}::"char"[])
        and not relispartition
        and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')`);
    return rows.map(({ quoted }) => quoted);
  };
  const tables = await names('rp');
  if (tables.length > 0) await db.run(rawSql(`drop table ${tables.join(', ')} cascade`));
  const sequences = await names('S');
  if (sequences.length > 0) await db.run(rawSql(`drop sequence ${sequences.join(', ')} cascade`));
}
