import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The process id of the embedded PostgreSQL, or null when its file is not there or not whole. */
export async function readPostmasterPid(dataDirectory: string): Promise<number | null> {
  const text = await readFile(join(dataDirectory, 'postgres/postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text.split('\n')[0] ?? '', 10);
  return pid > 0 ? pid : null;
}

/** The processes that `pid` started and that run our program: its workers. */
export async function listWorkerPids(pid: number): Promise<number[]> {
  const found = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const pids: number[] = [];
  for (const name of found) {
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) !== pid || state === 'Z') continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('doorwright.js')) pids.push(Number(name));
  }
  return pids;
}

/** Sends a signal; true when the process was still there. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
