/**
 * Gets to a postmaster that accepts connections: the one that is running, or else one it starts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Layout } from './cluster.ts';
import { aboutSpace } from './disk.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { connectAsOwner } from './owner-lock.ts';
import { endOrphans } from './orphans.ts';
import { identify, quitPostmaster, readPidFile, type Launched } from './postmaster.ts';

/** Warm, it accepts connections after some 50 ms; each try costs a fraction of a millisecond. */
const POLL_MS = 4;
/** Between two launches, while an earlier server or its last processes go away. */
const RELAUNCH_MS = 50;
/** Without an answer from any server. Replaying the log after a crash is an answer ("starting up"). */
const PATIENCE_MS = 60_000;
/**
 * For a server that says it is shutting down. PostgreSQL 18 can say so for ever: when it is told to stop in the moment
 * after a crash of one of its processes.
 */
const STOP_PATIENCE_MS = 15_000;

export interface Reached {
  client: Client;
  origin: 'started' | 'adopted';
  socketDirectory: string;
}

export interface Target {
  layout: Layout;
  password: string;
  /** of a server we start; a running one says where its own is */
  findSocketDirectory: () => Promise<string>;
  /** starts a postmaster, does not wait for it; throws to give up */
  launch: () => Promise<Launched>;
  /** before a server that is shutting down is ended at once, 15 s unless told */
  stopPatienceMs?: number;
}

/**
 * Connects, having started a postmaster if none is running. Several Doorwrights may do this at once: PostgreSQL lets
 * one postmaster live, and all of them reach it.
 * @throws EmbeddedPostgresError `start_failed` with PostgreSQL's reason, `password_missing` when it refuses ours
 */
export async function reachPostmaster(target: Target): Promise<Reached> {
  let launched: Launched | undefined;
  let deadline = performance.now() + PATIENCE_MS;
  const stopPatienceMs = target.stopPatienceMs ?? STOP_PATIENCE_MS;
  let stopDeadline = Infinity;
  for (;;) {
    const socketDirectory = await currentSocketDirectory(target);
    const answer = await tryToConnect(socketDirectory, target);
    if (typeof answer !== 'string') {
      const isOurs = launched !== undefined && !launched.hasEnded();
      return { client: answer, origin: isOurs ? 'started' : 'adopted', socketDirectory };
    }
    const now = performance.now();
    if (answer === 'starting' || answer === 'stopping') deadline = now + PATIENCE_MS;
    stopDeadline = answer === 'stopping' ? Math.min(stopDeadline, now + stopPatienceMs) : Infinity;
    if (now > stopDeadline) {
      await quitPostmaster(target.layout.cluster);
      stopDeadline = Infinity;
    }
    if (answer === 'absent') {
      if (launched?.hasEnded()) {
        await assertTemporary(await launched.readFailure(), target.layout);
        await endOrphans(target.layout.cluster);
        launched = undefined;
        await delay(RELAUNCH_MS);
      } else if (!launched && !(await isAlive(target.layout.cluster))) {
        launched = await target.launch();
      }
    }
    if (performance.now() > deadline) throw await noAnswer(target.layout);
    await delay(POLL_MS);
  }
}

/** The file of a server that is gone names a directory that may be gone: then ours is used. */
async function currentSocketDirectory(target: Target): Promise<string> {
  const pidFile = await readPidFile(target.layout.cluster);
  if (!pidFile?.socketDirectory) return target.findSocketDirectory();
  const found = await identify(target.layout.cluster, pidFile.pid);
  return found === 'postmaster' ? pidFile.socketDirectory : target.findSocketDirectory();
}

/** A postmaster that lives without answering is still opening its socket, or has already closed it. */
async function isAlive(cluster: string): Promise<boolean> {
  const pidFile = await readPidFile(cluster);
  return pidFile !== undefined && (await identify(cluster, pidFile.pid)) === 'postmaster';
}

/** `starting`, `stopping`: so it says. `busy`: somebody listens, without an answer. `absent`: nobody listens. */
async function tryToConnect(
  socketDirectory: string,
  target: Target,
): Promise<Client | 'starting' | 'stopping' | 'busy' | 'absent'> {
  try {
    return await connectAsOwner(socketDirectory, target.password);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return 'absent';
    // The only difference is in the words, which lc_messages keeps as they are.
    if (code === '57P03') return /shutting down/.test(String(error)) ? 'stopping' : 'starting';
    if (code === '28P01' || code === '28000') {
      throw new EmbeddedPostgresError(
        'password_missing',
        `PostgreSQL on ${target.layout.cluster} refuses the password in ${target.layout.passwordFile}. Put the file back that belongs to this database.`,
        { cause: error },
      );
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new EmbeddedPostgresError(
        'data_directory_unreachable',
        `The socket in ${socketDirectory} can't be opened (${code}). Start Doorwright as the user its data directory belongs to, or as root.`,
        { cause: error },
      );
    }
    // Out of connections, or cut off half-way by a stop or a crash.
    return 'busy';
  }
}

/**
 * A launch fails for a moment when a postmaster is still stopping, or one that was killed left processes which have
 * not noticed yet. Anything else is for the operator.
 */
async function assertTemporary(failure: string, layout: Layout): Promise<void> {
  if (/lock file ".*" already exists|shared memory block .* is still in use/.test(failure)) return;
  throw new EmbeddedPostgresError(
    'start_failed',
    `PostgreSQL did not start on ${layout.cluster}: ${failure || 'it gave no reason'}.${await aboutSpace(layout.cluster)} Its log is ${layout.logFile}.`,
  );
}

async function noAnswer(layout: Layout): Promise<EmbeddedPostgresError> {
  const pidFile = await readPidFile(layout.cluster);
  return new EmbeddedPostgresError(
    'start_failed',
    `PostgreSQL on ${layout.cluster} does not answer${pidFile ? ` (process ${pidFile.pid})` : ''}. ` +
      `Look at ${layout.logFile}; if that process is PostgreSQL and hangs, end it with SIGQUIT and start again.`,
  );
}
