/**
 * What the tests of the embedded PostgreSQL share: directories that are cleaned up with whatever still runs in them,
 * supervisors in this process and in others, and waiting for conditions.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, onTestFinished } from 'vitest';
import { canReach, NOBODY } from '../account.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../index.ts';
import { endOrphans } from '../orphans.ts';
import { identify, readPidFile, stopPostmaster } from '../postmaster.ts';

export const isRoot = process.getuid?.() === 0;

const execute = promisify(execFile);
const quiet = pino({ level: 'silent' });

const script = fileURLToPath(new URL('supervise.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Whether a process of another user could run our sources. */
export const canOthersRunSources =
  isRoot && (await canReach({ uid: NOBODY, gid: NOBODY }, script)) && (await isReadable(script));

async function isReadable(file: string): Promise<boolean> {
  return ((await stat(file)).mode & 0o004) !== 0;
}

/** A directory of the test's own, with a short path, removed at its end together with the servers in it. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp('/tmp/dwpg-');
  // On a machine where root's server runs as uid 65534, that user has to reach it.
  if (isRoot && !hasNamespaces) await chmod(directory, 0o755);
  onTestFinished(async () => {
    await stopAllBelow(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

let template: Promise<string> | undefined;

/** For a test file that uses `makeDatabase`: removes what it copies from. */
export function keepTemplate(): void {
  afterAll(async () => {
    const directory = await template?.catch(() => undefined);
    template = undefined;
    if (directory) await rm(directory, { recursive: true, force: true });
  });
}

/** The same with a stopped database in it, which a copy makes ten times faster than initdb. */
export async function makeDatabase(): Promise<string> {
  template ??= makeTemplate();
  const directory = await makeDirectory();
  await execute('cp', ['-a', `${await template}/.`, directory]);
  return directory;
}

async function makeTemplate(): Promise<string> {
  const directory = await mkdtemp('/tmp/dwpg-');
  const postgres = await startEmbeddedPostgres({
    dataDirectory: directory,
    settings: { fsync: 'off' },
    log: quiet,
  });
  await postgres.stop();
  return directory;
}

async function stopAllBelow(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    if (name.endsWith('PG_VERSION') && !name.includes('/base/')) {
      const cluster = join(directory, name, '..');
      await stopPostmaster(cluster, 5_000).catch(() => {});
      await endOrphans(cluster);
    }
  }
}

export type Started = EmbeddedPostgres & { readonly cluster: string };

/** Starts in this process; stopped at the end of the test if the test did not. */
export async function start(dataDirectory: string, engineDirectory?: string): Promise<Started> {
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    ...(engineDirectory ? { engineDirectory } : {}),
    settings: { fsync: 'off' },
    log: quiet,
  });
  onTestFinished(() => postgres.stop());
  return Object.assign(postgres, { cluster: join(dataDirectory, 'postgres') });
}

/** A machine without user namespaces: for this process and its children, the program that makes them is no program. */
const HIDE_UNSHARE =
  'unshare|--mount|--propagation|private|sh|-c|mount --bind /dev/null "$(command -v unshare)" && exec "$@"|sh'.split(
    '|',
  );

const works = (file: string, args: string[]) =>
  execute(file, args).then(
    () => true,
    () => false,
  );

/** Root with all its rights can hide them; root in most containers can't, and then has none in the first place. */
export const canHideNamespaces = isRoot && (await works('unshare', [...HIDE_UNSHARE.slice(1), 'true']));
export const hasNamespaces =
  isRoot && (await works('unshare', ['--user', '--map-user=1', '--map-group=1', 'true']));

/** Another user; without a name, as containers have them, where initdb can be got to accept that. */
export const STRANGER = hasNamespaces ? 54321 : NOBODY;

export interface Report {
  origin?: 'started' | 'adopted';
  uid?: number;
  connection?: EmbeddedPostgres['connection'];
  error?: { name: string; code: string; message: string };
}

/** Starts in a process of its own and waits for its report. Killed at the end of the test. */
export async function startProcess(
  dataDirectory: string,
  options: { uid?: number; engineDirectory?: string; hasNoNamespaces?: boolean } = {},
): Promise<{ child: ChildProcess; report: Report }> {
  const args = ['--import', tsx, script, dataDirectory];
  if (options.engineDirectory) args.push(options.engineDirectory);
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const command = options.hasNoNamespaces ? [...HIDE_UNSHARE, process.execPath] : [process.execPath];
  const [file = '', ...rest] = command;
  const child = spawn(file, [...rest, ...args], { ...identity, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => kill(child, 'SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, report: JSON.parse(line) as Report };
}

/** Sends a signal to a process we started, and waits for its end. */
export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** One query on a connection of its own. */
export async function query(
  connection: EmbeddedPostgres['connection'],
  text: string,
): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The process that `postmaster.pid` names. */
export async function postmasterPid(cluster: string): Promise<number> {
  const pidFile = await readPidFile(cluster);
  if (!pidFile) throw new Error(`no postmaster.pid in ${cluster}`);
  return pidFile.pid;
}

/** Seen from outside any user namespace. */
export async function uidOfProcess(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^Uid:\t(\d+)/m.exec(status)?.[1]);
}

/** Whether a server's process is at work; one that waits to be collected by init is not. */
export async function isRunning(cluster: string, pid: number): Promise<boolean> {
  return (await identify(cluster, pid)) === 'postmaster';
}

/** Waits until `probe` returns without throwing, and returns its value. */
export async function eventually<T>(probe: () => Promise<T>, timeoutMs = 10_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(10);
  }
}
