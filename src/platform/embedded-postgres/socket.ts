/**
 * Where the unix socket lies. A socket's path may have 107 bytes at most on Linux (103 on macOS), of which a data
 * directory deep in a tree leaves too few.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { giveTo } from './ownership.ts';

export const PORT = 5432;
const LONGEST_PATH_BYTES = 100;

const isShortEnough = (directory: string) =>
  Buffer.byteLength(join(directory, `.s.PGSQL.${PORT}`)) <= LONGEST_PATH_BYTES;

/**
 * The socket directory for a cluster: the cluster itself where its path allows, else a runtime directory named after
 * it. Does not make it.
 * @param cluster absolute path, existing
 */
export async function findSocketDirectory(cluster: string): Promise<string> {
  const real = await realpath(cluster);
  if (isShortEnough(real)) return real;
  const name = `doorwright-${createHash('sha256').update(real).digest('hex').slice(0, 16)}`;
  const uid = process.getuid?.();
  const runtime = uid === 0 ? '/run' : process.env['XDG_RUNTIME_DIR'];
  if (runtime && isShortEnough(join(runtime, name)) && (await isWritableOf(uid, runtime))) {
    return join(runtime, name);
  }
  return join('/tmp', `${name}-${uid ?? 0}`);
}

async function isWritableOf(uid: number | undefined, directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK);
    return (await stat(directory)).uid === uid;
  } catch {
    return false;
  }
}

/**
 * Makes the socket directory, 0700 and the account's, unless it is the cluster.
 * @throws EmbeddedPostgresError `start_failed` when the name is taken by somebody else's directory: in /tmp anybody
 * could have put it there to be connected to
 */
export async function makeSocketDirectory(directory: string, account: Account): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
    await giveTo(account, directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await lstat(directory);
  const uid = account.kind === 'owner' || account.kind === 'nobody' ? account.uid : process.getuid?.();
  if (found.isDirectory() && (uid === undefined || found.uid === uid) && (found.mode & 0o077) === 0) return;
  throw new EmbeddedPostgresError(
    'start_failed',
    `The directory for the database's socket, ${directory}, belongs to somebody else or is open to others. Remove it, or give Doorwright a data directory with a shorter path.`,
  );
}
