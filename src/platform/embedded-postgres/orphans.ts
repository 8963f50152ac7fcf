/**
 * Sessions that outlive their postmaster. Idle ones end at once by themselves; one in the middle of a long computation
 * goes on, and until it ends PostgreSQL refuses to start, because both would write the same files.
 */
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';

/**
 * Ends them. What they have not committed is lost, as it was with their postmaster. Linux only; elsewhere they are
 * waited for.
 * @param cluster absolute path; only processes working there whose postmaster is gone are touched
 */
export async function endOrphans(cluster: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const directory = await realpath(cluster);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || !(await isSession(name, directory))) continue;
    const parent = await readParent(name);
    const hasPostmaster = parent !== undefined && (await worksIn(parent, directory));
    if (parent !== undefined && !hasPostmaster) sendQuit(Number(name));
  }
}

/** A postmaster shows the command it was started with; its children rename themselves to "postgres: ...". */
async function isSession(pid: string, directory: string): Promise<boolean> {
  if (!(await worksIn(pid, directory))) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.startsWith('postgres: ');
}

async function worksIn(pid: string, directory: string): Promise<boolean> {
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === directory;
}

async function readParent(pid: string): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^PPid:\t(\d+)/m.exec(status)?.[1];
}

/** SIGQUIT is PostgreSQL's "stop at once, write nothing more". */
function sendQuit(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It ended in this moment.
  }
}
