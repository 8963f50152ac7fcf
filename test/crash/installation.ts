import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Target } from './connection.ts';
import { Ledger } from './ledger.ts';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { waitUntil } from '../wait.ts';
import { readPostmasterPid, sendSignal } from './processes.ts';
import { followEvents, listOrganizations } from './reader.ts';

/** One data directory, the server that runs on it now, and a reader that follows its events all along. */
export interface Installation {
  readonly target: Target;
  readonly ledger: Ledger;
  readonly dataDirectory: string;
  readonly reader: ReturnType<typeof followEvents>;
  program(): RunningProgram;
  /** Starts the server again; resolves to the milliseconds until it was ready. */
  start(): Promise<number>;
  killServer(): Promise<void>;
  killDatabase(): Promise<void>;
  /** Once no client writes: everything that was acknowledged is there, once, and the events tell the state. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export async function createInstallation(
  environment: Readonly<Record<string, string>> = {},
): Promise<Installation> {
  await buildProgram();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'doorwright-crash-'));
  const variables = { DOORWRIGHT_DATA_DIR: dataDirectory, DOORWRIGHT_RATE_LIMITS: 'off', ...environment };
  let program = await startProgram(variables);
  const target: Target = { url: program.url, apiKey: program.apiKey };
  const ledger = new Ledger();
  const reader = followEvents(target);
  const seeded = new Set((await listOrganizations(target)).keys());
  ledger.acknowledge(await adoptSeed(target, reader));
  const isServing = async () => {
    const response = await fetch(`${target.url}/health`).catch(() => null);
    await response?.arrayBuffer();
    return response?.status === 200;
  };
  return {
    target,
    ledger,
    dataDirectory,
    reader,
    program: () => program,
    start: async () => {
      const startedAt = performance.now();
      program = await startProgram(variables);
      target.url = program.url;
      return performance.now() - startedAt;
    },
    killServer: async () => {
      sendSignal(program.pid, 'SIGKILL');
      await program.ended;
    },
    killDatabase: () => killDatabase(dataDirectory),
    check: async () => {
      await waitUntil('the server answers', isServing);
      await settle({ target, ledger, reader, seeded });
    },
    close: async () => {
      await reader.stop();
      sendSignal(program.pid, 'SIGTERM');
      await program.ended;
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function killDatabase(dataDirectory: string): Promise<void> {
  // The last kill may still be being recovered from.
  await waitUntil('there is a database to kill', async () => {
    const pid = await readPostmasterPid(dataDirectory);
    return pid !== null && sendSignal(pid, 'SIGKILL');
  });
}

/** What the seed made is not what clients asked for: its events are taken as they are. */
async function adoptSeed(target: Target, reader: ReturnType<typeof followEvents>): Promise<string[]> {
  const seeded = await listOrganizations(target);
  const { history } = reader;
  await waitUntil('the reader saw the seed', () => history.organizations.size >= seeded.size);
  return [...history.counts.keys()];
}

/** Waits until the reader has caught up, then reports what differs. */
async function settle(parts: {
  target: Target;
  ledger: Ledger;
  reader: ReturnType<typeof followEvents>;
  seeded: ReadonlySet<string>;
}): Promise<void> {
  const { target, ledger, reader } = parts;
  let faults: string[] = ['nothing was compared'];
  const isConsistent = async () => {
    const actual = await listOrganizations(target);
    faults = [...reader.history.faults, ...ledger.compare(reader.history), ...reader.history.compare(actual)];
    return faults.length === 0;
  };
  await waitUntil('state and events agree', isConsistent).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${faults.slice(0, 20).join('\n')}`);
  });
}
