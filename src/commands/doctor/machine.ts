import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import type { OutboundFetch } from '../../platform/outbound-fetch/index.ts';
import { type Looked, whoAnswers } from './answers.ts';
import type { Report } from './finding.ts';

const oldestNode = [20, 19] as const;
const megabyte = 2 ** 20;
const scarceBytes = 200 * megabyte;
const lowBytes = 2_048 * megabyte;
/** Threads that Node.js has for hashing, names and files, unless told. */
const defaultThreads = 4;

export function checkNode(report: Report): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  if (isOld) report('error', `Node.js ${process.version} is too old. Install 20.19 or newer.`);
  else report('ok', `Node.js ${process.version}.`);
}

/** One thread is left to everything else, so hashing uses one less than there are. */
export function checkThreads({ workers }: Config, report: Report): void {
  const threads = Number(process.env['UV_THREADPOOL_SIZE']) || defaultThreads;
  const cores = availableParallelism();
  if (workers * (threads - 1) >= cores) return;
  report(
    'note',
    `Passwords are checked by ${workers * (threads - 1)} of ${cores} processors. Set UV_THREADPOOL_SIZE=${cores + 2} before the start to use all, or DOORWRIGHT_WORKERS.`,
  );
}

/** The folder of database and key: there, ours, and closed to others. */
export async function checkDataDirectory(
  { dataDirectory, databaseUrl }: Config,
  report: Report,
): Promise<void> {
  const found = await stat(dataDirectory).catch(() => null);
  if (!found) return checkParent(dataDirectory, report);
  if (!found.isDirectory())
    return report('error', `${dataDirectory} is not a folder. Name another in DOORWRIGHT_DATA_DIR.`);
  const uid = process.getuid?.();
  if (uid !== undefined && uid !== 0 && found.uid !== uid) {
    report(
      'error',
      `${dataDirectory} belongs to user ${found.uid}, and this is user ${uid}. Run Doorwright as that user, or give the folder to this one with chown -R.`,
    );
  }
  if ((found.mode & 0o077) !== 0 && databaseUrl === undefined) {
    report(
      'warning',
      `${dataDirectory} is open to other users of the machine. Close it: chmod 700 ${dataDirectory}`,
    );
  }
  await checkKeyFile(join(dataDirectory, 'master.key'), report);
  await checkSpace(dataDirectory, report);
}

async function checkParent(dataDirectory: string, report: Report): Promise<void> {
  let parent = dirname(dataDirectory);
  while (parent !== dirname(parent) && !(await stat(parent).catch(() => null))) parent = dirname(parent);
  try {
    await access(parent, constants.W_OK);
    report('note', `${dataDirectory} does not exist yet. The first start makes it.`);
  } catch {
    report(
      'error',
      `${dataDirectory} does not exist and cannot be made in ${parent}. Make it, or set DOORWRIGHT_DATA_DIR.`,
    );
  }
  await checkSpace(parent, report);
}

async function checkKeyFile(file: string, report: Report): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found && (found.mode & 0o077) !== 0) {
    report('error', `${file} can be read by other users of the machine. Close it: chmod 600 ${file}`);
  }
}

async function checkSpace(path: string, report: Report): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const words = `${Math.round(free / megabyte).toLocaleString('en')} MB are free at ${path}.`;
  if (free < scarceBytes) report('error', `${words} The database stops when none is left: make room.`);
  else if (free < lowBytes) report('warning', `${words} Make room before it is needed.`);
  else report('ok', words);
}

/** Free, or in use by this installation. */
export async function checkPort(
  { host, port, tls }: Config,
  { http, database }: { http: OutboundFetch; database: Looked },
  report: Report,
): Promise<void> {
  if (port === 0) return report('note', 'PORT is 0: each start takes another port.');
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  if (!(await isTaken(reachable, port))) return report('ok', `Port ${port} is free.`);
  const name = reachable.includes(':') ? `[${reachable}]` : reachable;
  const who = await whoAnswers(http, `${tls ? 'https' : 'http'}://${name}:${port}`, database.signers).catch(
    // A certificate is made for the name that people use, not for this address.
    () => (tls ? 'doorwright' : 'stranger'),
  );
  const isIdle = database.state === 'not running';
  if (who === 'stranger') report('error', `Port ${port} is taken by another program. Stop it, or set PORT.`);
  else if (who === 'other' || isIdle) {
    report('error', `Port ${port} is taken by another Doorwright. Stop it, or set PORT.`);
  } else report('ok', `This Doorwright listens on port ${port}.`);
}

function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(true));
    socket.once('error', () => end(false));
  });
}
