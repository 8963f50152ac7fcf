import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 1_000;
const POLL_MS = 100;
// A holder that is alive touches the lock each second. The bound also covers a process id that was reused after a
// restart, and a holder in another container whose process id means nothing here.
const SILENT_MS = 30_000;

/**
 * Runs `work` while this process alone holds the lock file `path`.
 * `onWait(pid)` is called once when another process holds it. A lock left by a dead process is taken over.
 */
export async function withLock(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true });
  let isWaiting = false;
  while (!take(path)) {
    const holder = readHolder(path);
    if (holder === null) continue;
    if (isStale(holder)) {
      breakLock(path, holder);
      continue;
    }
    if (!isWaiting) onWait(holder.pid);
    isWaiting = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

/** Makes the lock with its content in one step: link fails when the name exists. */
function take(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(path) {
  try {
    const { ino, mtimeMs } = statSync(path);
    const { pid, host } = JSON.parse(readFileSync(path, 'utf8'));
    return { ino, mtimeMs, pid, host };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    if (!(error instanceof SyntaxError)) throw error;
    return { ino: statSync(path).ino, mtimeMs: 0, pid: 0, host: '' };
  }
}

function isStale({ pid, host, mtimeMs }) {
  if (host === hostname() && (pid === process.pid || !isAlive(pid))) return true;
  return Date.now() - mtimeMs > SILENT_MS;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two waiters can judge the same lock dead: whoever moved a newer one away by mistake puts it back. */
function breakLock(path, holder) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (statSync(aside).ino !== holder.ino) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function touch(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The lock was removed by hand; the work goes on.
  }
}
