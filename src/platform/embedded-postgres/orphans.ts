/**
 * Sessions that outlive their postmaster. Idle ones end at once by themselves; one in the middle of a long computation
 * goes on, and until it ends PostgreSQL refuses to start, because both would write the same files.
 */
import { readdir, readFile } from 'node:fs/promises';
import { worksIn } from './postmaster.ts';

/**
 * Ends them. What they have not committed is lost, as it was with their postmaster. Linux only; elsewhere they are
 * waited for.
 * @param cluster absolute path; only processes working there whose postmaster is gone are touched
 */
export async function endOrphans(cluster: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !(await isSession(pid, cluster))) continue;
    const parent = await readParent(pid);
    if (parent !== undefined && !(await worksIn(parent, cluster).catch(() => false))) sendQuit(pid);
  }
}

/** A postmaster shows the command it was started with; its children rename themselves to "postgres: ...". */
async function isSession(pid: number, cluster: string): Promise<boolean> {
  if (!(await worksIn(pid, cluster).catch(() => false))) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.startsWith('postgres: ');
}

async function readParent(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = Number(/^PPid:\t(\d+)/m.exec(status)?.[1]);
  return Number.isNaN(parent) ? undefined : parent;
}

/** SIGQUIT is PostgreSQL's "stop at once, write nothing more". */
function sendQuit(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It ended in this moment.
  }
}
