/**
 * One postmaster process: what its pid file says, starting it, and stopping it. postmaster.pid is read here and never
 * written or removed: only PostgreSQL knows whether it is stale.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readFile, realpath, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandFor, type Account } from './account.ts';
import type { Layout } from './cluster.ts';
import type { Engine } from './engine.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { giveTo } from './ownership.ts';
import { settingArguments } from './settings.ts';

const execute = promisify(execFile);

const POLL_MS = 5;
const LONGEST_LOG_BYTES = 10 * 1024 * 1024;
const MOST_READ_BYTES = 65_536;
/** As `log_line_prefix` in settings.ts makes it. */
const LINE_PREFIX = /^\d{4}-\d\d-\d\d [\d:.]+ UTC \[\d+\] /;

export interface PidFile {
  pid: number;
  /** undefined while PostgreSQL is still writing the file */
  socketDirectory: string | undefined;
}

/** Reads postmaster.pid; undefined when there is none. It may be stale. */
export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const content = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  // pid, data directory, start time, port, socket directory, ...
  const lines = content.split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  return { pid, socketDirectory: lines[4] || undefined };
}

/**
 * Who the process named by postmaster.pid is: the cluster's postmaster, a stranger (another program that was given its
 * number since, or a zombie), nobody, or (another user's process) unknown: PostgreSQL decides about those.
 */
export async function identify(
  cluster: string,
  pid: number,
): Promise<'postmaster' | 'stranger' | 'nobody' | 'unknown'> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'nobody' : 'unknown';
  }
  if (process.platform !== 'linux') {
    const { stdout } = await execute('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return basename(stdout.trim()).startsWith('postgres') ? 'postmaster' : 'stranger';
  }
  try {
    return (await worksIn(pid, cluster)) ? 'postmaster' : 'stranger';
  } catch (error) {
    // It has a number and no directory: dead, and not collected by its parent (few containers have an init that does).
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'stranger' : 'unknown';
  }
}

/**
 * Whether a process has the cluster as its working directory, as a postmaster and its children always have. Compared
 * by inode: a mount can show one directory under two paths. Linux only. Throws when it can't be told.
 */
export async function worksIn(pid: number, cluster: string): Promise<boolean> {
  const [own, wanted] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(cluster)]);
  return own.dev === wanted.dev && own.ino === wanted.ino;
}

export interface Launched {
  /** whether it could not be started or has ended since */
  hasEnded(): boolean;
  /** why, in PostgreSQL's words */
  readFailure(): Promise<string>;
}

export interface Launch {
  layout: Layout;
  engine: Engine;
  account: Account;
  socketDirectory: string;
  settings: Readonly<Record<string, string>>;
}

/** Starts a postmaster and returns at once. It outlives this process: whoever starts next adopts it. */
export async function launch(options: Launch): Promise<Launched> {
  const { layout, engine, account } = options;
  const args = [
    '-D',
    await realpath(layout.cluster),
    ...settingArguments(options.socketDirectory, options.settings),
  ];
  const command = commandFor(account, join(engine.directory, 'bin', 'postgres'), args);
  const stranger = await findStranger(layout.cluster);
  const env = { ...command.options.env, ...(stranger ? { PG_GRANDPARENT_PID: String(stranger) } : {}) };
  const log = await openLog(layout.logFile, account);
  let spawned: ChildProcess;
  const offset = (await log.stat()).size;
  try {
    spawned = spawn(command.file, command.args, {
      ...command.options,
      env,
      // In a session of its own: Ctrl-C goes to us, and we stop it after the last request.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
  spawned.unref();
  return watchChild(spawned, layout.logFile, offset);
}

function watchChild(child: ChildProcess, logFile: string, offset: number): Launched {
  let spawnError: Error | undefined;
  child.once('error', (error) => {
    spawnError = error;
  });
  return {
    hasEnded: () => spawnError !== undefined || child.exitCode !== null || child.signalCode !== null,
    readFailure: async () => spawnError?.message ?? readLogFrom(logFile, offset),
  };
}

/**
 * The process number in postmaster.pid when it is another program's now. PostgreSQL takes any living process of its
 * user for a postmaster, except the one named in PG_GRANDPARENT_PID (made for start scripts, whose numbers come back
 * at each boot). Naming the stranger there leaves every other check of PostgreSQL's in place: shared memory still in
 * use, above all.
 */
async function findStranger(cluster: string): Promise<number | undefined> {
  const pidFile = await readPidFile(cluster);
  if (!pidFile) return undefined;
  return (await identify(cluster, pidFile.pid)) === 'stranger' ? pidFile.pid : undefined;
}

async function openLog(logFile: string, account: Account) {
  const existing = await stat(logFile).catch(() => undefined);
  if (existing && existing.size > LONGEST_LOG_BYTES) await rename(logFile, `${logFile}.1`);
  const log = await open(
    logFile,
    constants.O_CREAT | constants.O_APPEND | constants.O_RDWR | constants.O_NOFOLLOW,
    0o600,
  );
  if (account.kind === 'owner') await giveTo(account, logFile);
  return log;
}

/** What the log says since `offset` about the end: the last complaints, or its last words when there are none. */
async function readLogFrom(logFile: string, offset: number): Promise<string> {
  const log = await open(logFile, 'r');
  try {
    const { size } = await log.stat();
    const buffer = Buffer.alloc(MOST_READ_BYTES);
    const { bytesRead } = await log.read(buffer, 0, buffer.length, Math.max(offset, size - buffer.length));
    return findReason(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await log.close();
  }
}

/** What is wrong in a configuration file comes as a LOG line. */
const COMPLAINT = /^(?:FATAL|PANIC|ERROR): |^LOG: .*(?:invalid|unrecognized|could not|error)/;

/** Clients that come too early are told so, and fill the log with it. */
function findReason(log: string): string {
  const lines = log.split('\n').map((line) => line.replace(LINE_PREFIX, ''));
  const complaints = lines.filter((line) => COMPLAINT.test(line));
  const reasons = [...new Set(complaints)].filter((line) => !line.includes('the database system is '));
  return reasons.length > 0 ? reasons.slice(-3).join('; ') : log.trim().slice(-1_000);
}

/**
 * Stops the postmaster, if one is running: clients are disconnected, a checkpoint is written. Resolves when it is gone.
 * @param timeoutMs after this it is told to stop at once, and recovers from its log at the next start
 * @throws EmbeddedPostgresError `start_failed` when it is still there after twice that
 */
export async function stopPostmaster(cluster: string, timeoutMs: number): Promise<void> {
  const pidFile = await readPidFile(cluster);
  if (!pidFile) return;
  const found = await identify(cluster, pidFile.pid);
  if (found === 'nobody' || found === 'stranger') return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!sendSignal(pidFile.pid, signal)) return;
    if (await isGone(cluster, pidFile.pid, performance.now() + timeoutMs)) return;
  }
  throw new EmbeddedPostgresError(
    'start_failed',
    `PostgreSQL (process ${pidFile.pid}) on ${cluster} does not stop. Look at postgres.log beside it.`,
  );
}

/**
 * Ends a postmaster at once, if one is running. What was acknowledged is in its log, which the next start replays.
 */
export async function quitPostmaster(cluster: string): Promise<void> {
  const pidFile = await readPidFile(cluster);
  if (pidFile && (await identify(cluster, pidFile.pid)) === 'postmaster') sendSignal(pidFile.pid, 'SIGQUIT');
}

/** The pid file is the last thing a postmaster removes; after a crash it stays, and the process is gone. */
async function isGone(cluster: string, pid: number, deadline: number): Promise<boolean> {
  while (performance.now() < deadline) {
    if ((await readPidFile(cluster))?.pid !== pid) return true;
    const found = await identify(cluster, pid);
    if (found === 'nobody' || found === 'stranger') return true;
    await delay(POLL_MS);
  }
  return false;
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
