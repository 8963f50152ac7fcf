/**
 * The database files: where they lie, whose they are, how they are made.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import {
  link,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { initdbCommandFor, type Account } from './account.ts';
import type { Engine } from './engine.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { giveTo, linkTo, makeDataDirectory, makeDirectoryFor, placeFor, syncDirectory } from './ownership.ts';

/** The bootstrap superuser: used by the supervisor only. */
export const SUPERUSER = 'postgres';

const LEFTOVER_AGE_MS = 10 * 60_000;

export interface Layout {
  /** absolute, links resolved as far as it exists */
  dataDirectory: string;
  /** the database files; a link when they had to go elsewhere */
  cluster: string;
  passwordFile: string;
  logFile: string;
}

/** Takes the data directory, there or not; returns the absolute paths of what we keep in it. */
export async function findLayout(dataDirectory: string): Promise<Layout> {
  const resolved = await resolveLinks(dataDirectory);
  return {
    dataDirectory: resolved,
    cluster: join(resolved, 'postgres'),
    passwordFile: join(resolved, 'postgres.password'),
    logFile: join(resolved, 'postgres.log'),
  };
}

async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (dirname(path) === path) throw error;
    return join(await resolveLinks(dirname(path)), basename(path));
  }
}

/**
 * The major version of the files, or undefined when there are none.
 * @throws EmbeddedPostgresError `data_directory_unreachable` when this user may not look
 */
export async function readMajor(cluster: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(join(cluster, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      await assertNoLooseLink(cluster);
      return undefined;
    }
    throw new EmbeddedPostgresError(
      'data_directory_unreachable',
      `The database files in ${cluster} can't be read (${code}). Start Doorwright as the user they belong to, or as root.`,
      { cause: error },
    );
  }
}

/** A link whose target is gone means lost or unmounted files: a new database in their place would hide that. */
async function assertNoLooseLink(cluster: string): Promise<void> {
  const target = await readlink(cluster).catch(() => undefined);
  if (target === undefined) return;
  throw new EmbeddedPostgresError(
    'data_directory_unreachable',
    `The database files are in ${target}, says the link ${cluster}, and they are not there. Bring them back (or mount what holds them); to begin with an empty database, remove the link.`,
  );
}

/** @throws EmbeddedPostgresError `engine_version_mismatch` when the engine can't read the files */
export function assertSameMajor(cluster: string, major: number, engine: Engine): void {
  if (major === engine.major) return;
  throw new EmbeddedPostgresError(
    'engine_version_mismatch',
    `The database in ${cluster} was made by PostgreSQL ${major}, and this Doorwright brings PostgreSQL ${engine.major}. ` +
      'Nothing was changed. Export with the Doorwright that made it (doorwright backup), then import into an empty data directory with this one (doorwright restore).',
  );
}

/** @throws EmbeddedPostgresError `password_missing` when the file is gone or unreadable */
export async function readPassword(layout: Layout): Promise<string> {
  try {
    return (await readFile(layout.passwordFile, 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      'password_missing',
      `The password of the database in ${layout.cluster} can't be read from ${layout.passwordFile} (${(error as NodeJS.ErrnoException).code}). Put the file back from a copy of the data directory, or start Doorwright as the user it belongs to.`,
      { cause: error },
    );
  }
}

/**
 * Makes the data directory, the password and the database files. A crash or a second Doorwright at any point leaves
 * either complete files or none: they get their name last.
 * @param engineDirectory for files that have to go elsewhere, see `Account.isRelocated`
 */
export async function createCluster(
  layout: Layout,
  engine: Engine,
  account: Account,
  engineDirectory: string,
): Promise<void> {
  await makeDataDirectory(layout.dataDirectory, account);
  await makePassword(layout.passwordFile, account);
  const place = await placeFor(layout.cluster, account, engineDirectory);
  await removeLeftovers(place);
  const unfinished = `${place}.new-${randomBytes(6).toString('hex')}`;
  try {
    await makeDirectoryFor(account, unfinished);
    await initialize(layout, engine, account, unfinished);
    await rename(unfinished, place);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // A second Doorwright was faster: its files are as good, the password is shared.
    if ((await readMajor(place)) === undefined) throw nameObstacle(place, error);
  }
  if (place !== layout.cluster) await linkTo(place, layout.cluster);
  await syncDirectory(dirname(place));
}

function nameObstacle(place: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') return error;
  return new EmbeddedPostgresError(
    'start_failed',
    `There is something in ${place} that is not a database. Move it away, and start again.`,
    { cause: error },
  );
}

/** Linked to its name when complete: whoever comes second finds a whole password and uses it. */
async function makePassword(file: string, account: Account): Promise<void> {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(unfinished, `${randomBytes(24).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    await giveTo(account, unfinished);
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // initdb reads it as this account, perhaps another than last time.
    await giveTo(account, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What an earlier first start left when it was killed; old enough that nobody can still be working on it. */
async function removeLeftovers(place: string): Promise<void> {
  for (const name of await readdir(dirname(place))) {
    if (!name.startsWith(`${basename(place)}.new-`)) continue;
    const leftover = join(dirname(place), name);
    const { mtimeMs } = await stat(leftover);
    if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(leftover, { recursive: true, force: true });
  }
}

async function initialize(
  layout: Layout,
  engine: Engine,
  account: Account,
  directory: string,
): Promise<void> {
  const program = join(engine.directory, 'bin', 'initdb');
  const access = ['-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile=/dev/stdin'];
  // The builtin provider sorts by code point like C, and knows upper and lower case beyond ASCII; being part of
  // PostgreSQL, it can't change under an index the way a system library does.
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const make = ['-D', directory, ...access, ...locale, '--no-sync', '--no-instructions'];
  const password = await open(layout.passwordFile, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await runInitdb(await initdbCommandFor(account, program, make), password.fd);
  } finally {
    await password.close();
  }
  await writeFile(
    join(directory, 'pg_hba.conf'),
    '# TYPE DATABASE USER METHOD\nlocal all all scram-sha-256\n',
  );
  // One sync at the end covers everything, pg_hba.conf included.
  await runInitdb(await initdbCommandFor(account, program, ['-D', directory, '--sync-only']), 'ignore');
}

type Command = Awaited<ReturnType<typeof initdbCommandFor>>;

async function runInitdb(command: Command, stdin: number | 'ignore'): Promise<void> {
  const child = spawn(command.file, command.args, { ...command.options, stdio: [stdin, 'ignore', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const complaints = child.stderr ? text(child.stderr) : '';
  try {
    const [[status, signal], complaint] = await Promise.all([ended, complaints]);
    if (status === 0) return;
    throw new Error(`initdb ended with ${status ?? signal}: ${complaint.trim()}`);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'start_failed',
      `The database files could not be made: ${(error as Error).message}. Mend that and start again, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}
