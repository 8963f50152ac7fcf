/**
 * Gives directories and files to the account PostgreSQL runs as, and moves the database files where it can reach them.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  cp,
  lchown,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ENGINE_ENVIRONMENT, type Account } from './account.ts';

const execute = promisify(execFile);

/** Gives one file or directory to the account, where that is another than ours. Does not follow links. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (account.kind === 'owner' || account.kind === 'nobody') await lchown(path, account.uid, account.gid);
}

/** Makes a directory that only the account may enter. Throws EEXIST when there is one. */
export async function makeDirectoryFor(account: Account, path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await giveTo(account, path);
}

/**
 * Makes the data directory as far as it is missing. In the clone of another user it becomes that user's; for uid 65534
 * it stays root's, and lets others through (not look) to the database files, which are 0700 themselves.
 */
export async function makeDataDirectory(dataDirectory: string, account: Account): Promise<void> {
  const first = await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const above = dirname(first ?? dataDirectory);
  for (let path = dataDirectory; path !== above; path = dirname(path)) {
    if (account.kind === 'owner' && (await stat(path)).uid === 0) await chown(path, account.uid, account.gid);
    if (account.kind === 'nobody' && !account.isRelocated) await letThrough(path);
  }
}

async function letThrough(directory: string): Promise<void> {
  const { mode } = await stat(directory);
  await chmod(directory, (mode & 0o777) | 0o011);
}

/**
 * Where the account's database files go: in the data directory, or, when uid 65534 can't get there, in the engine
 * directory under a name made from the data directory.
 */
export async function placeFor(cluster: string, account: Account, engineDirectory: string): Promise<string> {
  if (account.kind !== 'nobody' || !account.isRelocated) return cluster;
  const name = createHash('sha256').update(cluster).digest('hex').slice(0, 16);
  const place = join(engineDirectory, 'clusters', name);
  await mkdir(engineDirectory, { recursive: true, mode: 0o755 });
  await mkdir(dirname(place), { recursive: true, mode: 0o711 });
  return place;
}

/** Leaves a link at the usual name, by which every later start finds the files whoever runs it. */
export async function linkTo(place: string, cluster: string): Promise<void> {
  try {
    await symlink(place, cluster);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Gives database files of root's, made in a user namespace, to uid 65534 on a machine that no longer has namespaces.
 * No postmaster may be running on them. Can be repeated after a crash.
 */
export async function handOver(cluster: string, account: Account, engineDirectory: string): Promise<void> {
  if (account.kind !== 'nobody') return;
  const place = await placeFor(cluster, account, engineDirectory);
  if (place === cluster) {
    await letThrough(dirname(cluster));
  } else if ((await realpath(cluster)) !== place) {
    await move(cluster, place);
    await linkTo(place, cluster);
    await syncDirectory(dirname(cluster));
  }
  // The top directory last: its owner is what the next start goes by.
  for (const name of await readdir(place, { recursive: true })) await giveTo(account, join(place, name));
  await giveTo(account, place);
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const unfinished = `${to}.new-move`;
    await rm(unfinished, { recursive: true, force: true });
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await chmod(unfinished, 0o700);
    await execute('sync', ['-f', unfinished], { env: ENGINE_ENVIRONMENT });
    await rename(unfinished, to);
    await rm(from, { recursive: true });
  }
  await syncDirectory(dirname(to));
}

/** Makes names that were added to or renamed in a directory last through a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
