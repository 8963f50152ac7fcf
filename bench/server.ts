import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type RunningProgram, startProgram } from '../test/program.ts';

/** The built program on a data directory of its own, and a way into its database. */
export interface BenchServer {
  readonly program: RunningProgram;
  readonly dataDirectory: string;
  /** The environment of the default key. */
  readonly environmentId: string;
  readonly headers: readonly string[];
  /** As the role of the product. */
  readonly database: Client;
  stop(): Promise<void>;
}

export const makeDataDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'doorwright-bench-data-'));

/** Development mode is production's code with a default key; limits and its development log are off. */
export const variables = (dataDirectory: string) => ({
  DOORWRIGHT_DATA_DIR: dataDirectory,
  DOORWRIGHT_RATE_LIMITS: 'off',
});

export interface BenchServerOptions {
  /** `off`, or a factor: uses are counted then, however many are allowed. */
  rateLimits?: string;
  /** Processes that serve requests, as `DOORWRIGHT_WORKERS` says. */
  workers?: number;
}

export async function startServer({
  rateLimits = 'off',
  workers = 1,
}: BenchServerOptions = {}): Promise<BenchServer> {
  const dataDirectory = await makeDataDirectory();
  const program = await startProgram(
    {
      ...variables(dataDirectory),
      DOORWRIGHT_RATE_LIMITS: rateLimits,
      DOORWRIGHT_WORKERS: String(workers),
    },
    undefined,
    // Another Node.js, or a script that starts it with `--cpu-prof`.
    process.env['BENCH_NODE'],
  );
  const database = await connectTo(dataDirectory);
  const { rows } = await database.query<{ id: string }>('select id from environment order by id limit 1');
  return {
    program,
    dataDirectory,
    environmentId: rows[0]?.id ?? '',
    headers: [`authorization: Bearer ${program.apiKey}`, 'content-type: application/json'],
    database,
    stop: async () => {
      await database.end();
      await program.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Where the embedded PostgreSQL of a data directory listens, and the password of the product's role. */
export async function readConnection(dataDirectory: string) {
  const pidFile = await readFile(join(dataDirectory, 'postgres/postmaster.pid'), 'utf8');
  const password = await readFile(join(dataDirectory, 'postgres.password'), 'utf8');
  return {
    host: pidFile.split('\n')[4] ?? '',
    port: 5432,
    user: 'doorwright',
    database: 'doorwright',
    password: password.trim(),
  };
}

async function connectTo(dataDirectory: string): Promise<Client> {
  const client = new Client(await readConnection(dataDirectory));
  await client.connect();
  return client;
}
