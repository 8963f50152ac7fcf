import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PoolConfig } from 'pg';
import { followClock } from '../capabilities/development/index.ts';
import type { Config } from '../config.ts';
import { type Assets, readAssets } from '../pages/index.ts';
import { type AdjustableClock, createAdjustableClock } from '../platform/clock.ts';
import { type Database, openDatabase } from '../platform/database/database.ts';
import { type Migration, migrate, readMigrations } from '../platform/database/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded-postgres/index.ts';
import { maintainEventPartitions } from '../platform/events/partitions.ts';
import type { Log } from '../platform/log.ts';

/** How this process reaches its database: serialisable, so that worker processes can be told. */
export interface DatabaseAddress {
  connection: PoolConfig;
  isDirect: boolean;
}

/** What commands and the server share: database and clock. */
export interface Runtime {
  readonly database: Database;
  readonly address: DatabaseAddress;
  readonly clock: AdjustableClock;
  close(): Promise<void>;
}

/** The folder of the migrations, beside the bundle or in the repository. */
export function migrationsDirectory(): string {
  const beside = fileURLToPath(new URL('migrations', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../migrations', import.meta.url));
}

/** The files that pages refer to, beside the bundle or in the repository. */
export function loadAssets(): Promise<Assets> {
  const beside = fileURLToPath(new URL('assets', import.meta.url));
  return readAssets(existsSync(beside) ? beside : fileURLToPath(new URL('../pages/assets', import.meta.url)));
}

export const loadMigrations = (): Promise<Migration[]> => readMigrations(migrationsDirectory());

/**
 * Starts or reaches the database, brings its schema up to date and opens the pool.
 * @throws with a message for people when the database or the key cannot be used
 */
export async function openRuntime(
  config: Config,
  log: Log,
  options: { mayVisit?: boolean } = {},
): Promise<Runtime> {
  const { embedded, address, database } = await openUnmigrated(config, log, options);
  try {
    await migrate(database.pool, await loadMigrations(), log);
    return await attachRuntime({ address, database, config, embedded });
  } catch (error) {
    await database.close();
    await embedded?.stop();
    throw error;
  }
}

/** Starts or reaches the database and opens the pool, whatever state the schema is in. */
export async function openUnmigrated(
  config: Config,
  log: Log,
  options: { mayVisit?: boolean } = {},
): Promise<{ embedded: EmbeddedPostgres | null; address: DatabaseAddress; database: Database }> {
  const embedded = config.databaseUrl ? null : await startEmbedded(config, log, options);
  const address = embedded ? embeddedAddress(embedded) : urlAddress(config);
  return { embedded, address, database: openPool(address, config.poolSize, log) };
}

/** Opens the pool of a worker process, whose primary has done the rest. */
export async function joinRuntime(config: Config, log: Log, address: DatabaseAddress): Promise<Runtime> {
  const database = openPool(address, config.poolSize, log);
  return attachRuntime({ address, database, config, embedded: null });
}

async function attachRuntime(parts: {
  address: DatabaseAddress;
  database: Database;
  config: Config;
  embedded: EmbeddedPostgres | null;
}): Promise<Runtime> {
  const { address, database, config, embedded } = parts;
  const clock = createAdjustableClock();
  // Only development has a clock that can be moved.
  const stopClock = config.mode === 'development' ? await followClock(database, clock) : () => undefined;
  await database.transaction((db) => maintainEventPartitions(db, clock.now()));
  return {
    database,
    address,
    clock,
    close: async () => {
      stopClock();
      await database.close();
      await embedded?.stop();
    },
  };
}

function openPool(address: DatabaseAddress, poolSize: number, log: Log): Database {
  return openDatabase({
    ...address,
    poolSize,
    // The error carries the whole connection.
    onPoolError: ({ message }) => log.warn({ reason: message }, 'database connection lost'),
  });
}

function startEmbedded(config: Config, log: Log, options: { mayVisit?: boolean }): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    ...options,
    dataDirectory: config.dataDirectory,
    ...(config.engineDirectory ? { engineDirectory: config.engineDirectory } : {}),
    log,
  });
}

const embeddedAddress = ({ connection }: EmbeddedPostgres): DatabaseAddress => ({
  connection,
  isDirect: true,
});

function urlAddress(config: Config): DatabaseAddress {
  const direct = config.databaseDirectUrl;
  return { connection: { connectionString: direct ?? config.databaseUrl }, isDirect: direct !== undefined };
}

/**
 * The text of the master key ring. Development makes a key of its own beside the data, as durable as what it protects;
 * production refuses to start without one.
 */
export async function findMasterKey(config: Config): Promise<string> {
  if (config.masterKey) return config.masterKey;
  const file = join(config.dataDirectory, 'master.key');
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const key = generateMasterKey();
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  // Given its name when it is whole and on the disk: half a key, left by a full disk, would be taken for one for ever.
  const unfinished = `${file}.${process.pid}`;
  try {
    await writeFile(unfinished, `${key}\n`, { mode: 0o600, flush: true });
    await link(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
  if (process.getuid?.() === 0) {
    // Root in somebody's clone: the key belongs to whom the data belongs.
    const { uid, gid } = await stat(config.dataDirectory);
    await chown(file, uid, gid);
  }
  return key;
}

/** A new ring of one key, as `DOORWRIGHT_MASTER_KEY` takes it. */
export function generateMasterKey(): string {
  return `k1:${randomBytes(32).toString('base64')}`;
}
