import cluster, { type Worker as Fork } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Config } from '../config.ts';
import { serveMetrics } from '../platform/http/metrics-server.ts';
import type { Log } from '../platform/log.ts';
import { type DatabaseAddress, type Runtime, joinRuntime } from './runtime.ts';
import { type Served, serve } from './serve.ts';

/** What the primary tells a worker, over the process channel: it holds secrets, so it is no environment variable. */
interface Introduction {
  kind: 'introduction';
  address: DatabaseAddress;
  masterKey: string;
  port: number;
}

type Report = { kind: 'ready'; port: number } | { kind: 'hello' };

const graceMs = 15_000;
const restartDelayMs = 500;

export const isServingWorker = (): boolean => cluster.isWorker;

/**
 * Forks `config.workers` processes that share one port; the primary keeps the database and replaces a worker that
 * dies. Correctness never depends on which process answers (DESIGN 4d).
 */
export async function serveWithWorkers(
  config: Config,
  runtime: Runtime,
  log: Log,
  masterKey: string,
): Promise<Served> {
  let isStopping = false;
  // Workers that ask for any free port (0) are all given the same one by the primary.
  const { port } = config;
  const start = (): Promise<number> =>
    introduce(cluster.fork(), { kind: 'introduction', address: runtime.address, masterKey, port });
  const replace = (): void => {
    // One that ends before it is ready (the database may be away) is replaced like any other.
    if (!isStopping) start().catch(() => undefined);
  };
  cluster.on('exit', (worker, code, signal) => {
    if (isStopping) return;
    log.error({ worker: worker.id, code, signal }, 'worker ended, starting another');
    setTimeout(replace, restartDelayMs);
  });
  const [settledPort] = await Promise.all([start(), ...Array.from({ length: config.workers - 1 }, start)]);
  const metricsListener = await serveClusterMetrics(config);
  return {
    port: settledPort,
    stop: async () => {
      isStopping = true;
      await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => worker && stopFork(worker)));
      await metricsListener?.drain(0);
      await runtime.close();
    },
  };
}

function introduce(fork: Fork, introduction: Introduction): Promise<number> {
  return new Promise((resolve, reject) => {
    fork.on('message', (message: Report) => {
      if (message.kind === 'hello') fork.send(introduction);
      if (message.kind === 'ready') resolve(message.port);
    });
    fork.once('exit', () => reject(new Error('a worker process ended before it was ready')));
  });
}

function stopFork(fork: Fork): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => fork.process.kill('SIGKILL'), graceMs);
    fork.once('exit', () => {
      clearTimeout(deadline);
      resolve();
    });
    fork.process.kill('SIGTERM');
  });
}

async function serveClusterMetrics(
  config: Config,
): Promise<{ drain(graceMs: number): Promise<void> } | null> {
  if (config.metricsPort === null) return null;
  const registry = new AggregatorRegistry();
  return serveMetrics(config.host, config.metricsPort, () => registry.clusterMetrics());
}

/** The life of one worker process: introduced, serving, stopped. */
export async function runWorker(config: Config, log: Log): Promise<void> {
  const introduction = await new Promise<Introduction>((resolve) => {
    process.once('message', (message: Introduction) => resolve(message));
    process.send?.({ kind: 'hello' } satisfies Report);
  });
  const runtime = await joinRuntime(config, log, introduction.address);
  const served = await serve({ ...config, port: introduction.port }, runtime, log, introduction.masterKey);
  // Ctrl-C reaches the whole group; the primary says when to stop.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void served.stop().finally(() => process.exit(0)));
  process.on('disconnect', () => void served.stop().finally(() => process.exit(0)));
  process.send?.({ kind: 'ready', port: served.port } satisfies Report);
}
