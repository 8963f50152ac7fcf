import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readCpu, readMemory } from './processes.ts';

export interface LoadRequest {
  method: 'GET' | 'POST';
  path: string;
  /** `name: value` */
  headers: readonly string[];
  body?: string;
  /** A field of the answer that takes the place of the body's field of that name: the next one goes on from there. */
  follows?: string;
}

export interface LoadOptions {
  url: string;
  serverPid: number;
  /** The process whose PostgreSQL the server uses, when it is not its own. */
  databaseOf?: number;
  /** Sent in turn. */
  requests: readonly LoadRequest[];
  /** What every answer must be. */
  status: number;
  connections?: number;
  /** How long each connection rests after an answer: for a light load beside a heavy one. */
  pauseMs?: number;
  /** How long requests are made before the measuring; 8 seconds unless told. */
  warmUpMs?: number | undefined;
  /** The part of `BENCH_SECONDS` that is measured; all of it unless told. */
  share?: number;
}

const Measured = z.object({
  requests: z.number(),
  perSecond: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  statuses: z.record(z.string(), z.number()),
  generatorCpu: z.number(),
});

export interface LoadResult extends Omit<z.infer<typeof Measured>, 'statuses'> {
  /** Cores in use: 1 is one core all the time. */
  serverCpu: number;
  databaseCpu: number;
  serverMb: number;
  databaseMb: number;
}

const inFlight = 16;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 8);
const usualWarmUpMs = 8_000;

/**
 * Puts a server under load from another process.
 * @throws when an answer has another status
 */
export async function measureLoad(options: LoadOptions): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'doorwright-bench-'));
  const file = join(folder, 'job.json');
  const { hostname, port } = new URL(options.url);
  await writeFile(
    file,
    JSON.stringify({
      host: hostname,
      port: Number(port),
      connections: options.connections ?? inFlight,
      pauseMs: options.pauseMs ?? 0,
      warmUpMs: options.warmUpMs ?? usualWarmUpMs,
      measureMs: seconds * 1_000 * (options.share ?? 1),
      requests: options.requests,
    }),
  );
  try {
    const generator = fileURLToPath(new URL('generator.mjs', import.meta.url));
    const child = spawn(process.execPath, [generator, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    const startedAt = performance.now();
    const readBoth = () => ({
      server: readCpu(options.serverPid).server,
      database: readCpu(options.databaseOf ?? options.serverPid).database,
    });
    const before = readBoth();
    const line: unknown = (await lines.next()).value;
    const after = readBoth();
    const elapsed = (performance.now() - startedAt) / 1_000;
    await ended;
    const { statuses, ...measured } = Measured.parse(JSON.parse(String(line)));
    if (Object.keys(statuses).some((status) => Number(status) !== options.status)) {
      throw new Error(`answers other than ${options.status}: ${JSON.stringify(statuses)}`);
    }
    const memory = readMemory(options.serverPid);
    const databaseMb = readMemory(options.databaseOf ?? options.serverPid).database;
    return {
      ...measured,
      serverCpu: (after.server - before.server) / elapsed,
      databaseCpu: (after.database - before.database) / elapsed,
      serverMb: memory.server,
      databaseMb,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Sends one request by itself.
 * @returns the answer's JSON
 * @throws when it is refused
 */
export async function sendOnce(url: string, { method, path, headers, body }: LoadRequest): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: headers.map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]),
    body: body ?? null,
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
