import type { PoolConfig } from 'pg';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Database, openDatabase } from '../../platform/database/database.ts';
import { MigrationError, migrationStates } from '../../platform/database/migrate.ts';
import { findRunningPostgres } from '../../platform/embedded-postgres/index.ts';
import { loadMigrations } from '../../server/runtime.ts';
import { type Report, messageOf } from './finding.ts';
import { readServer } from './store.ts';

const slightMs = 2_000;
const badMs = 30_000;

/** Opens the database when one runs. Nothing is started for this. */
export async function reachDatabase(
  config: Config,
  report: Report,
): Promise<Database | 'not running' | 'unusable'> {
  const { databaseUrl, databaseDirectUrl } = config;
  if (databaseUrl !== undefined) {
    const direct = databaseDirectUrl ?? databaseUrl;
    if (direct !== databaseUrl) await tryTo(open({ connectionString: databaseUrl }), 'DATABASE_URL', report);
    const name = databaseDirectUrl === undefined ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL';
    return tryTo(open({ connectionString: direct }), name, report, { keep: true });
  }
  const connection = await findRunningPostgres(config.dataDirectory);
  if (connection) return tryTo(open(connection), 'the embedded PostgreSQL', report, { keep: true });
  report(
    'note',
    'The embedded PostgreSQL does not run: what it holds was not looked at. Run this beside the server.',
  );
  return 'not running';
}

const open = (connection: PoolConfig): Database =>
  // Two: one that reads may be a lane of its own.
  openDatabase({
    connection,
    isDirect: false,
    poolSize: 2,
    queryTimeoutMs: 5_000,
    onPoolError: () => undefined,
  });

async function tryTo(
  database: Database,
  name: string,
  report: Report,
  { keep = false } = {},
): Promise<Database | 'unusable'> {
  try {
    const { version, database: called } = await readServer(database);
    report('ok', `${name} leads to PostgreSQL ${version}, database ${called}.`);
    if (keep) return database;
  } catch (error) {
    const detail = error instanceof Error && 'detail' in error ? error.detail : undefined;
    report(
      'error',
      `${name} cannot be used: ${String(detail ?? messageOf(error))}. Check address, name and password.`,
    );
  }
  await database.close();
  return 'unusable';
}

/** Version, and what `start` would migrate. */
export async function checkSchema(database: Database, report: Report): Promise<boolean> {
  try {
    const states = await migrationStates(database.pool, await loadMigrations());
    const pending = states.filter(({ state }) => state === 'pending');
    if (pending.length === 0) report('ok', `All ${states.length} migrations are applied.`);
    else {
      report(
        'warning',
        `${pending.length} of ${states.length} migrations are not applied. The next start applies them, or doorwright migrate.`,
      );
    }
    return pending.length === 0;
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    report('error', error.message);
    return false;
  }
}

/** Tokens are dated by the machine, leases by the database. */
export async function checkClock(database: Database, clock: Clock, report: Report): Promise<void> {
  const beforeMs = clock.now().getTime();
  const { now } = await readServer(database);
  const afterMs = clock.now().getTime();
  const databaseMs = Date.parse(now);
  const offMs = Math.max(0, beforeMs - databaseMs, databaseMs - afterMs);
  const words = `The clocks of database and machine differ by ${(offMs / 1_000).toFixed(1)} s.`;
  if (offMs > badMs) report('error', `${words} Tokens will be refused: synchronise both with NTP.`);
  else if (offMs > slightMs) report('warning', `${words} Synchronise both with NTP.`);
  else report('ok', 'The clocks of database and machine agree.');
}
