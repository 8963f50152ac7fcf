import { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll, vi } from 'vitest';
import { type App, createApp } from '../src/app.ts';
import { createEnvironment, createInstallKey } from '../src/capabilities/environments/index.ts';
import { type AdjustableClock, createAdjustableClock } from '../src/platform/clock.ts';
import { type Database, openDatabase } from '../src/platform/database/database.ts';
import { sql } from '../src/platform/database/sql.ts';
import { type Encryption, type MasterKey, createEncryption } from '../src/platform/encryption.ts';
import { maintainEventPartitions } from '../src/platform/events/partitions.ts';
import { listen } from '../src/platform/http/server.ts';
import { countJobs } from '../src/platform/jobs/store.ts';
import type { Worker } from '../src/platform/jobs/worker.ts';
import { createLog } from '../src/platform/log.ts';
import type { MailTransport } from '../src/platform/mail/smtp.ts';
import { createMetrics } from '../src/platform/metrics.ts';
import { type OutboundFetch, createOutboundFetch } from '../src/platform/outbound-fetch/index.ts';
import { type EnvironmentKind, system } from '../src/platform/scope.ts';
import { loadAssets } from '../src/server/runtime.ts';
import { type Tx, createScope, inTransaction } from '../src/platform/transaction.ts';
import { type TestClient, createClient } from './client.ts';
import { recordOutcomes } from './outcomes/record.ts';
import { type TestDatabase, type TestPostgres, createTestDatabase } from './postgres.ts';

export interface TestEnvironment {
  id: string;
  clientId: string;
  apiKey: string;
  api: TestClient;
}

export interface TestServer extends TestEnvironment {
  url: string;
  /** How to reach the database of this server. */
  connection: TestPostgres;
  database: Database;
  app: App;
  clock: AdjustableClock;
  encryption: Encryption;
  /** A second environment of the same installation. */
  other: TestEnvironment;
  /** Calls without a credential. */
  anonymous: TestClient;
  /** Calls with an install key. */
  install: TestClient;
  installKey: string;
  /** The official SDK, with this environment's key. */
  sdk: WorkOS;
  /** Every log line so far. */
  logLines: string[];
  addEnvironment(kind: EnvironmentKind): Promise<TestEnvironment>;
  /** A second node on the same database; with master keys of its own while they are rotated. */
  startNode(encryption?: Encryption): Promise<{ url: string; api: TestClient; database: Database }>;
  startJobs(): Worker;
  /** Waits until every event written so far can be read; `api` does it by itself. */
  settle(): Promise<void>;
  /** The names of the environment's events since `mark`, or since the start. */
  eventNames(mark?: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ServerOptions {
  isDevelopment?: boolean;
  rateLimitFactor?: number;
  trustedProxies?: readonly string[];
  /** A migrated database to run on, instead of a new one of the run's PostgreSQL. */
  on?: TestDatabase;
  /** False behind a pooler. */
  isDirect?: boolean;
  poolSize?: number;
  mailTransport?: MailTransport;
  /** By default one that reaches this machine. */
  outbound?: OutboundFetch;
  /** Where people reach it, when not where it listens: behind a proxy that ends TLS. */
  externalUrl?: string;
}

/** The master key of every test server. */
export const testMasterKey: MasterKey = { id: 'k1', key: Buffer.alloc(32, 7) };

const testEncryption = createEncryption([testMasterKey]);

/** Starts the real server, over HTTP, on a database of its own. Usually by way of `useServer`. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const testDatabase = options.on ?? (await createTestDatabase());
  const closers: (() => Promise<unknown>)[] = [];
  const logLines: string[] = [];
  const clock = createAdjustableClock();
  const openNode = (encryption: Encryption) =>
    startNode({
      connection: testDatabase.connection,
      encryption,
      clock,
      logLines,
      options,
      onClose: (close) => closers.push(close),
    });
  const node = await openNode(testEncryption);
  const { database, app, url } = node;
  await database.transaction((db) => maintainEventPartitions(db, clock.now()));
  const addEnvironment = (kind: EnvironmentKind) => makeEnvironment(node, clock.now(), kind);
  const environment = await addEnvironment('sandbox');
  const installKey = await inInstallTransaction(database, clock.now(), (tx) => createInstallKey(tx, 'Test'));
  return {
    ...environment,
    url,
    connection: testDatabase.connection,
    database,
    app,
    clock,
    encryption: testEncryption,
    other: await addEnvironment('sandbox'),
    anonymous: createClient(url, null),
    installKey,
    install: createClient(url, installKey, () => settle(database)),
    sdk: new WorkOS(environment.apiKey, {
      apiHostname: '127.0.0.1',
      port: node.port,
      https: false,
      clientId: environment.clientId,
    }),
    logLines,
    addEnvironment,
    startNode: async (encryption = testEncryption) => {
      const second = await openNode(encryption);
      const api = createClient(second.url, environment.apiKey, () => settle(database));
      return { url: second.url, api, database: second.database };
    },
    startJobs: () => {
      const worker = app.startJobs((options.isDirect ?? true) ? testDatabase.connection : null);
      closers.unshift(() => worker.stop(1_000));
      return worker;
    },
    settle: () => settle(database),
    eventNames: async (mark) => {
      const after = mark ? `&after=${mark}` : '';
      const { body } = await environment.api.get(`/events?limit=100${after}`);
      return body.data.map(({ event }: { event: string }) => event);
    },
    close: async () => {
      for (const close of closers) await close();
      recordOutcomes(logLines);
      await testDatabase.drop();
    },
  };
}

interface NodeParts {
  connection: TestPostgres;
  encryption: Encryption;
  clock: AdjustableClock;
  logLines: string[];
  options: ServerOptions;
  onClose(close: () => Promise<unknown>): void;
}

interface TestNode {
  database: Database;
  app: App;
  url: string;
  port: number;
}

async function startNode({
  connection,
  encryption,
  clock,
  logLines,
  options,
  onClose,
}: NodeParts): Promise<TestNode> {
  const database = openDatabase({
    connection,
    isDirect: options.isDirect ?? true,
    poolSize: options.poolSize ?? 10,
    onPoolError: () => undefined,
  });
  let externalUrl = '';
  const outbound = options.outbound ?? createOutboundFetch({ allowLoopback: true, allowedNetworks: [] });
  const app = createApp({
    database,
    clock,
    encryption,
    log: createLog('info', { write: (line) => void logLines.push(line) }),
    metrics: createMetrics(() => countJobs(database)),
    assets: await loadAssets(),
    mailTransport: options.mailTransport ?? null,
    outbound,
    settings: {
      isHttpAllowed: options.isDevelopment ?? true,
      isDevelopment: options.isDevelopment ?? true,
      version: '0.0.0',
      externalUrl: () => externalUrl,
      trustedProxies: options.trustedProxies ?? [],
      rateLimitFactor: options.rateLimitFactor ?? 0,
      responseCheck: 'always',
    },
    isDraining: () => false,
  });
  const listener = await listen({ app: app.handler, host: '127.0.0.1', port: 0, tls: null });
  externalUrl = options.externalUrl ?? `http://127.0.0.1:${listener.port}`;
  onClose(async () => {
    await listener.drain(1_000);
    await outbound.close();
    await database.close();
  });
  return { database, app, url: `http://127.0.0.1:${listener.port}`, port: listener.port };
}

async function makeEnvironment(node: TestNode, now: Date, kind: EnvironmentKind): Promise<TestEnvironment> {
  const made = await inInstallTransaction(node.database, now, (tx) =>
    createEnvironment(tx, { name: 'Test', kind }),
  );
  const apiKey = made.api_key.value;
  const api = createClient(node.url, apiKey, () => settle(node.database));
  return { id: made.id, clientId: made.client_id, apiKey, api };
}

/**
 * Waits until every event written so far can be read. Events wait for all transactions that began before theirs
 * ended, in the whole PostgreSQL; here other test files run theirs beside.
 */
async function settle(database: Database): Promise<void> {
  const { xid } = await database.one<{ xid: string }>(sql`select pg_current_xact_id()::text as xid`);
  await vi.waitFor(
    async () => {
      const { settled } = await database.one<{ settled: boolean }>(
        sql`select pg_snapshot_xmin(pg_current_snapshot()) > ${xid}::xid8 as settled`,
      );
      if (!settled) throw new Error('an older transaction still runs');
    },
    { timeout: 10_000, interval: 5 },
  );
}

function inInstallTransaction<Value>(
  database: Database,
  now: Date,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  const scope = createScope({ environment: null, principal: system, requestId: 'test', now });
  return inTransaction(database, scope, work);
}

/** A server for all tests of a file: `const server = useServer()`, then `server.api` inside tests. */
export function useServer(options: ServerOptions = {}): TestServer {
  const server = {} as TestServer;
  beforeAll(async () => {
    Object.assign(server, await startServer(options));
  });
  afterAll(() => server.close());
  return server;
}
