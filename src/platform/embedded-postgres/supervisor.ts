/**
 * Keeps one database running: first start or adoption, the owner lock, recovery after a crash, the stop.
 */
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { findAccount } from './account.ts';
import {
  assertSameMajor,
  createCluster,
  findLayout,
  readMajor,
  readPassword,
  type Layout,
} from './cluster.ts';
import { DATABASE, ensureDatabase, ROLE } from './database.ts';
import { aboutSpace } from './disk.ts';
import { findEngine, prepareEngine, type Engine } from './engine.ts';
import { DataDirectoryInUseError, EmbeddedPostgresError } from './errors.ts';
import { takeOwnerLock } from './owner-lock.ts';
import { handOver } from './ownership.ts';
import { launch, stopPostmaster, type Launched } from './postmaster.ts';
import { reachPostmaster, type Reached, type Target } from './reach.ts';
import { findSocketDirectory, makeSocketDirectory, PORT } from './socket.ts';

const STOP_TIMEOUT_MS = 30_000;
/** Of a server that could not even be looked into: there is nothing worth waiting for. */
const FAILED_STOP_TIMEOUT_MS = 5_000;
const LOCK_TRIES = 5;
const FIRST_BACKOFF_MS = 20;
const LONGEST_BACKOFF_MS = 1_000;

export interface Options {
  dataDirectory: string;
  engineDirectory?: string;
  settings?: Readonly<Record<string, string>>;
  mayVisit?: boolean;
  log: Logger;
}

/** See index.ts. */
export interface EmbeddedPostgres {
  /** what `pg` needs: host is the socket directory. The same for as long as this runs, crashes included */
  readonly connection: { host: string; port: number; user: string; password: string; database: string };
  /** `adopted`: the server was running, left by a Doorwright that was killed. `visited`: it belongs to another */
  readonly origin: 'started' | 'adopted' | 'visited';
  /** clean, fast shutdown; releases the owner lock. A visited server stays as it is */
  stop(): Promise<void>;
}

/** What stays the same from the first start to the stop. */
interface Installation {
  layout: Layout;
  engine: Engine;
  engineDirectory: string;
  settings: Readonly<Record<string, string>>;
  password: string;
}

/** Finds or makes the database files. Throws what `startEmbeddedPostgres` throws. */
async function prepareInstallation(options: Options): Promise<Installation> {
  const layout = await findLayout(resolve(options.dataDirectory));
  const engine = await findEngine();
  const isRoot = process.getuid?.() === 0;
  const engineDirectory = resolve(
    options.engineDirectory ?? (isRoot ? '/var/lib/doorwright' : join(layout.dataDirectory, 'engine')),
  );
  const major = await readMajor(layout.cluster);
  if (major === undefined) {
    const account = await findAccount(layout.cluster, layout.dataDirectory);
    const runnable = await prepareEngine(engine, account, engineDirectory);
    options.log.info({ data_directory: layout.dataDirectory }, 'making a new database');
    await createCluster(layout, runnable, account, engineDirectory);
    if (account.kind === 'nobody' && account.isRelocated) {
      options.log.warn(
        { directory: await realpath(layout.cluster) },
        'the database files lie outside the data directory, which uid 65534 can not reach: keep and back up both',
      );
    }
  } else {
    assertSameMajor(layout.cluster, major, engine);
  }
  const password = await readPassword(layout);
  return { layout, engine, engineDirectory, settings: options.settings ?? {}, password };
}

/** Starts a postmaster on files that have none, as the account these files ask for now. */
async function launchFor(installation: Installation, wantedDirectory?: string): Promise<Launched> {
  const { layout, engineDirectory, settings } = installation;
  const account = await findAccount(layout.cluster, layout.dataDirectory);
  await handOver(layout.cluster, account, engineDirectory);
  const engine = await prepareEngine(installation.engine, account, engineDirectory);
  const socketDirectory = wantedDirectory ?? (await findSocketDirectory(layout.cluster));
  const isElsewhere = socketDirectory !== (await realpath(layout.cluster));
  if (isElsewhere) await makeSocketDirectory(socketDirectory, account);
  return launch({ layout, engine, account, socketDirectory, settings });
}

/** See `startEmbeddedPostgres` in index.ts. */
export async function start(options: Options): Promise<EmbeddedPostgres> {
  const since = performance.now();
  const installation = await prepareInstallation(options);
  const { layout } = installation;
  const reached = await reachAndLock({
    layout,
    password: installation.password,
    findSocketDirectory: () => findSocketDirectory(layout.cluster),
    launch: () => launchFor(installation),
    mayVisit: options.mayVisit ?? false,
  });
  if (!reached.isOwned) {
    return { connection: connectionOf(installation, reached), origin: 'visited', stop: async () => {} };
  }
  try {
    await ensureDatabase(reached.client, installation.password);
  } catch (error) {
    await stopPostmaster(layout.cluster, FAILED_STOP_TIMEOUT_MS);
    throw await notMade(layout, error);
  }
  const supervisor = new Supervisor(installation, reached, options.log);
  const durationMs = Math.round(performance.now() - since);
  options.log.info({ origin: reached.origin, duration_ms: durationMs }, 'the embedded PostgreSQL is ready');
  return supervisor;
}

async function notMade(layout: Layout, error: unknown): Promise<EmbeddedPostgresError> {
  const reason = (error as Error).message;
  return new EmbeddedPostgresError(
    'start_failed',
    `PostgreSQL started on ${layout.cluster}, and Doorwright's database could not be looked for or made: ${reason}.${await aboutSpace(layout.cluster)} Its log is ${layout.logFile}.`,
    { cause: error },
  );
}

/** A server that was about to stop, for an owner who was, cuts us off between the two steps: then we start our own. */
async function reachAndLock(
  target: Target & { mayVisit?: boolean },
): Promise<Reached & { isOwned: boolean }> {
  const patienceMs = target.mayVisit ? 0 : undefined;
  for (let tries = 1; ; tries += 1) {
    const reached = await reachPostmaster(target);
    try {
      await takeOwnerLock(reached.client, target.layout.dataDirectory, patienceMs);
      return { ...reached, isOwned: true };
    } catch (error) {
      await reached.client.end().catch(() => {});
      if (target.mayVisit && error instanceof DataDirectoryInUseError) return { ...reached, isOwned: false };
      if (error instanceof EmbeddedPostgresError || tries === LOCK_TRIES) throw error;
    }
  }
}

function connectionOf(installation: Installation, reached: Reached): EmbeddedPostgres['connection'] {
  return {
    host: reached.socketDirectory,
    port: PORT,
    user: ROLE,
    password: installation.password,
    database: DATABASE,
  };
}

class Supervisor implements EmbeddedPostgres {
  readonly connection: EmbeddedPostgres['connection'];
  readonly origin: 'started' | 'adopted';
  readonly #installation: Installation;
  readonly #log: Logger;
  /** holds the owner lock; undefined while the server or the lock is lost */
  #owner: Client | undefined;
  #recovery: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(installation: Installation, reached: Reached, log: Logger) {
    this.#installation = installation;
    this.#log = log;
    this.origin = reached.origin;
    this.connection = connectionOf(installation, reached);
    this.#watch(reached.client);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#recovery;
    // Without the lock the server is another Doorwright's, or there is none.
    const owner = this.#owner;
    if (!owner) return;
    // The lock goes with the server, not before: nobody adopts a server that is about to stop.
    await stopPostmaster(this.#installation.layout.cluster, STOP_TIMEOUT_MS);
    await owner.end().catch(() => {});
    this.#log.info('the embedded PostgreSQL is stopped');
  }

  /** The server's death, however it comes, ends the owner's connection. So does a lost lock with a living server. */
  #watch(client: Client): void {
    this.#owner = client;
    client.once('end', () => {
      if (this.#stopping.signal.aborted) return;
      this.#owner = undefined;
      this.#recovery = this.#recover();
    });
    // The database alone does not keep a program alive that has nothing left to do.
    (client as Client & { unref(): void }).unref();
  }

  async #recover(): Promise<void> {
    const since = performance.now();
    this.#log.warn('the embedded PostgreSQL is gone: starting it again');
    let backoffMs = FIRST_BACKOFF_MS;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#bringBack();
        this.#log.info(
          { duration_ms: Math.round(performance.now() - since) },
          'the embedded PostgreSQL is back',
        );
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#log.error(
          { err: error, retry_ms: backoffMs },
          'the embedded PostgreSQL could not be started again',
        );
      }
      await delay(backoffMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }

  /** At the same socket as before: the clients have that path, and reconnect by themselves. */
  async #bringBack(): Promise<void> {
    const { layout, password } = this.#installation;
    const { host } = this.connection;
    const reached = await reachAndLock({
      layout,
      password,
      findSocketDirectory: () => Promise.resolve(host),
      launch: () => {
        this.#stopping.signal.throwIfAborted();
        return launchFor(this.#installation, host);
      },
    });
    this.#watch(reached.client);
  }
}
