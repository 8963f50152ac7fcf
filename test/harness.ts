import { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll } from 'vitest';
import { type App, createApp } from '../src/app.ts';
import { createEnvironment, createInstallKey } from '../src/capabilities/environments/index.ts';
import { createAdjustableClock } from '../src/platform/clock.ts';
import { type Database, openDatabase } from '../src/platform/database/database.ts';
import { createEncryption } from '../src/platform/encryption.ts';
import { maintainEventPartitions } from '../src/platform/events/partitions.ts';
import { listen } from '../src/platform/http/server.ts';
import type { Worker } from '../src/platform/jobs/worker.ts';
import { createLog } from '../src/platform/log.ts';
import { createMetrics } from '../src/platform/metrics.ts';
import { type EnvironmentKind, system } from '../src/platform/scope.ts';
import { type Tx, createScope, inTransaction } from '../src/platform/transaction.ts';
import { type TestClient, createClient } from './client.ts';
import { createTestDatabase } from './postgres.ts';

export interface TestEnvironment {
  id: string;
  clientId: string;
  apiKey: string;
  api: TestClient;
}

export interface TestServer extends TestEnvironment {
  url: string;
  database: Database;
  app: App;
  clock: ReturnType<typeof createAdjustableClock>;
  /** A second environment of the same installation. */
  other: TestEnvironment;
  /** Calls without a credential. */
  anonymous: TestClient;
  /** Calls with an install key. */
  install: TestClient;
  /** The official SDK, with this environment's key. */
  sdk: WorkOS;
  /** Every log line so far. */
  logLines: string[];
  addEnvironment(kind: EnvironmentKind): Promise<TestEnvironment>;
  /** A second node on the same database. */
  startNode(): Promise<{ url: string; api: TestClient; database: Database }>;
  startJobs(): Worker;
  /** The names of the environment's events since `mark`, or since the start. */
  eventNames(mark?: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ServerOptions {
  isDevelopment?: boolean;
  rateLimitFactor?: number;
  trustedProxies?: readonly string[];
}

/** Starts the real server, over HTTP, on a database of its own. Usually by way of `useServer`. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const testDatabase = await createTestDatabase();
  const closers: (() => Promise<unknown>)[] = [];
  const logLines: string[] = [];
  const log = createLog('info', { write: (line) => void logLines.push(line) });
  const clock = createAdjustableClock();
  const encryption = createEncryption([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
  const openNode = async () => {
    const database = openDatabase({
      connection: testDatabase.connection,
      isDirect: true,
      poolSize: 10,
      onPoolError: () => undefined,
    });
    const app = createApp({
      database,
      clock,
      encryption,
      log,
      metrics: createMetrics(() => Promise.resolve({ waiting: 0, dead: 0 })),
      settings: {
        isDevelopment: options.isDevelopment ?? true,
        version: '0.0.0',
        trustedProxies: options.trustedProxies ?? [],
        rateLimitFactor: options.rateLimitFactor ?? 0,
        responseCheck: 'always',
      },
      isDraining: () => false,
    });
    const listener = await listen({ app: app.handler, host: '127.0.0.1', port: 0, tls: null });
    closers.push(async () => {
      await listener.drain(1_000);
      await database.close();
    });
    return { database, app, url: `http://127.0.0.1:${listener.port}`, port: listener.port };
  };
  const node = await openNode();
  const { database, app, url } = node;
  const installTransaction = <Value>(work: (tx: Tx) => Promise<Value>) =>
    inTransaction(
      database,
      createScope({ environment: null, principal: system, requestId: 'test', now: clock.now() }),
      work,
    );
  await database.transaction((db) => maintainEventPartitions(db, clock.now()));
  const addEnvironment = async (kind: EnvironmentKind): Promise<TestEnvironment> => {
    const made = await installTransaction((tx) => createEnvironment(tx, { name: 'Test', kind }));
    const apiKey = made.api_key.value;
    return { id: made.id, clientId: made.client_id, apiKey, api: createClient(url, apiKey) };
  };
  const environment = await addEnvironment('sandbox');
  const installKey = await installTransaction((tx) => createInstallKey(tx, 'Test'));
  return {
    ...environment,
    url,
    database,
    app,
    clock,
    other: await addEnvironment('sandbox'),
    anonymous: createClient(url, null),
    install: createClient(url, installKey),
    sdk: new WorkOS(environment.apiKey, {
      apiHostname: '127.0.0.1',
      port: node.port,
      https: false,
      clientId: environment.clientId,
    }),
    logLines,
    addEnvironment,
    startNode: async () => {
      const second = await openNode();
      const api = createClient(second.url, environment.apiKey);
      return { url: second.url, api, database: second.database };
    },
    startJobs: () => {
      const worker = app.startJobs();
      closers.unshift(() => worker.stop(1_000));
      return worker;
    },
    eventNames: async (mark) => {
      const after = mark ? `&after=${mark}` : '';
      const { body } = await environment.api.get(`/events?limit=100${after}`);
      return body.data.map(({ event }: { event: string }) => event);
    },
    close: async () => {
      for (const close of closers) await close();
      await testDatabase.drop();
    },
  };
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
