import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { writeBackup } from '../platform/database/backup.ts';
import { type Database, openDatabase } from '../platform/database/database.ts';
import { restoreBackup } from '../platform/database/restore.ts';
import type { Log } from '../platform/log.ts';
import { loadMigrations, openUnmigrated } from '../server/runtime.ts';
import { version } from '../server/version.ts';
import { printResult } from './output.ts';
import { commandLog } from './session.ts';

interface RestoreFlags {
  replace?: boolean;
  force?: boolean;
  json?: boolean;
}

export function registerBackup(program: Command): void {
  program
    .command('backup')
    .description('write everything in the database to one file; the server may run meanwhile')
    .argument('<file>', 'where to; an older file of that name is replaced')
    .option('--json', 'print JSON')
    .action(backUp);
  program
    .command('restore')
    .description('make an empty database what it was at a backup; the server must be stopped')
    .argument('<file>', 'a file that `doorwright backup` wrote')
    .option('--replace', 'give up everything that the database holds now')
    .option('--force', 'go on although sessions of a Doorwright seem to be open')
    .option('--json', 'print JSON')
    .action(restore);
}

async function backUp(file: string, options: { json?: boolean }): Promise<void> {
  const path = resolve(file);
  const { header, bytes, rows } = await withWholeDatabase({ mayVisit: true }, (database) =>
    writeBackup(database, path, { version }),
  );
  const result = { file: path, bytes, rows, key_ids: header.key_ids, migrations: header.migrations.length };
  const words = `Wrote ${total(rows)} rows, ${megabytes(bytes)}, to ${path}.\n${aboutKeys(header.key_ids)}`;
  printResult(options.json ?? false, result, words);
}

async function restore(file: string, options: RestoreFlags): Promise<void> {
  const path = resolve(file);
  const { header, rows, applied } = await withWholeDatabase({ mayVisit: false }, async (database, log) =>
    restoreBackup(database, path, {
      migrations: await loadMigrations(),
      isReplacing: options.replace ?? false,
      isForced: options.force ?? false,
      log,
    }),
  );
  const { created_at, key_ids } = header;
  const result = { file: path, created_at, rows, key_ids, applied };
  const words = `Restored ${total(rows)} rows as of ${created_at}.\n${aboutKeys(key_ids)}`;
  printResult(options.json ?? false, result, words);
}

/** A backup without its keys can't be read where it matters, so both commands say which ones it takes. */
function aboutKeys(ids: readonly string[]): string {
  const where = 'DOORWRIGHT_MASTER_KEY, or the file master.key in the data directory';
  if (ids.length === 0) return `Keep the master key too (${where}): no backup holds it.`;
  return `Secrets in it open only with the master key ${ids.join(', ')} (${where}), which no backup holds: keep it too.`;
}

const total = (rows: Readonly<Record<string, number>>): number =>
  Object.values(rows).reduce((sum, count) => sum + count, 0);

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** One connection without a limit on time: the schema is left as it is, and no master key is needed or made. */
async function withWholeDatabase<Value>(
  options: { mayVisit: boolean },
  work: (database: Database, log: Log) => Promise<Value>,
): Promise<Value> {
  const config = readConfig(process.env, 'development');
  const log = commandLog(config);
  const { database: pool, address, embedded } = await openUnmigrated(config, log, options);
  await pool.close();
  const database = openDatabase({
    connection: address.connection,
    isDirect: false,
    poolSize: 1,
    queryTimeoutMs: null,
    // The error carries the whole connection.
    onPoolError: ({ message }) => log.warn({ reason: message }, 'database connection lost'),
  });
  try {
    return await work(database, log);
  } finally {
    await database.close();
    await embedded?.stop();
  }
}
