/**
 * Decides which account PostgreSQL runs as. PostgreSQL refuses uid 0, and its files belong to whoever runs it.
 */
import { execFile } from 'node:child_process';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.ts';

const execute = promisify(execFile);

/** "nobody". initdb wants an account with a name for the id it runs under, and this one is on every machine. */
export const NOBODY = 65534;

/** The only environment PostgreSQL is given: no PG* variable or locale of the caller's can reach it. */
export const ENGINE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

export interface Owner {
  uid: number;
  gid: number;
}

export interface Facts {
  /** of this process */
  uid: number;
  /** who the database files belong to, or will: see `findOwner` */
  owner: Owner;
  /** whether there are database files already */
  hasCluster: boolean;
  /** root only: whether `unshare --user` works here */
  hasUserNamespaces: boolean;
  /** whether the owner, with no rights but its own, can get to the directory */
  canOwnerReach: boolean;
  /** whether uid 65534 can get to the directory that holds the data directory */
  canNobodyReach: boolean;
}

export type Account =
  /** as the user who runs Doorwright */
  | { kind: 'self' }
  /** as root seen from outside, as uid 65534 seen from inside a user namespace */
  | { kind: 'namespace' }
  /** root starts it as the user whose files these are */
  | { kind: 'owner'; uid: number; gid: number }
  /** root starts it as uid 65534, having given it the files; `isRelocated` says they can't stay in the data directory */
  | { kind: 'nobody'; uid: number; gid: number; isRelocated: boolean };

export type Decision = Account | { kind: 'refused'; reason: string };

/** Takes what is known about the machine and the directory, returns how to run PostgreSQL. Pure. */
export function decideAccount(facts: Facts): Decision {
  if (facts.uid !== 0) {
    if (facts.owner.uid === facts.uid || !facts.hasCluster) return { kind: 'self' };
    return {
      kind: 'refused',
      reason: `its files belong to user id ${facts.owner.uid}, and this is user id ${facts.uid}. Start Doorwright as that user, or as root`,
    };
  }
  if (facts.owner.uid !== 0 && facts.canOwnerReach) return { kind: 'owner', ...ownAccount(facts.owner) };
  if (facts.owner.uid !== 0 && facts.hasCluster) {
    return {
      kind: 'refused',
      reason: `its files belong to user id ${facts.owner.uid}, who can't enter one of the directories above them. Allow that (chmod o+x), or move the data directory`,
    };
  }
  if (facts.hasUserNamespaces) return { kind: 'namespace' };
  return { kind: 'nobody', uid: NOBODY, gid: NOBODY, isRelocated: !facts.canNobodyReach };
}

/** A directory of alice:root must not make PostgreSQL a member of root's group. */
function ownAccount(owner: Owner): Owner {
  return { uid: owner.uid, gid: owner.gid === 0 ? owner.uid : owner.gid };
}

/**
 * Looks at the machine and the directories and decides.
 * @param cluster where the database files are or will be
 * @param dataDirectory the directory that holds them, perhaps not there yet
 * @throws EmbeddedPostgresError `data_directory_unreachable`, saying what to change
 */
export async function findAccount(cluster: string, dataDirectory: string): Promise<Account> {
  const uid = process.getuid?.();
  if (uid === undefined) return { kind: 'self' };
  const existing = await statOrUndefined(cluster);
  const owner = existing ?? (await findOwner(dataDirectory));
  const isRoot = uid === 0;
  const place = existing ? await realpath(cluster) : dirname(dataDirectory);
  const decision = decideAccount({
    uid,
    owner: { uid: owner.uid, gid: owner.gid },
    hasCluster: existing !== undefined,
    hasUserNamespaces: isRoot && owner.uid === 0 && (await hasUserNamespaces()),
    canOwnerReach: isRoot && (await canReach(ownAccount(owner), place)),
    canNobodyReach: isRoot && (await canReach({ uid: NOBODY, gid: NOBODY }, dirname(dataDirectory))),
  });
  if (decision.kind === 'refused') {
    throw new EmbeddedPostgresError(
      'data_directory_unreachable',
      `The data directory ${dataDirectory} can't be used: ${decision.reason}.`,
    );
  }
  return decision;
}

/**
 * Whose a data directory without database files is: the owner of the directory, or of the nearest one above it while it
 * is missing or an empty one of root's. `npm start` by root in a clone of alice's makes files of alice's.
 */
async function findOwner(dataDirectory: string): Promise<Owner> {
  const own = await statOrUndefined(dataDirectory);
  if (own && (own.uid !== 0 || (await readdir(dataDirectory)).length > 0)) return own;
  for (let directory = dirname(dataDirectory); ; directory = dirname(directory)) {
    const above = await statOrUndefined(directory);
    if (above) return above;
  }
}

async function statOrUndefined(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new EmbeddedPostgresError(
      'data_directory_unreachable',
      `The data directory can't be used: user id ${process.getuid?.()} can't look at ${path} (${code}). Start Doorwright as the user it belongs to.`,
      { cause: error },
    );
  }
}

/** Whether `who` has the search permission on `path` and every directory above it. What is missing counts as reachable. */
export async function canReach(who: Owner, path: string): Promise<boolean> {
  for (let directory = path; ; directory = dirname(directory)) {
    const found = await stat(directory).catch(() => undefined);
    if (found?.isDirectory() && !hasPermission(who, found, 0o1)) return false;
    if (directory === dirname(directory)) return true;
  }
}

/** The classic permission check (no supplementary groups: Node drops them with `uid`). */
export function hasPermission(who: Owner, file: Owner & { mode: number }, wanted: number): boolean {
  if (who.uid === file.uid) return (file.mode & (wanted << 6)) !== 0;
  if (who.gid === file.gid) return (file.mode & (wanted << 3)) !== 0;
  return (file.mode & wanted) !== 0;
}

/** Asked of the kernel by trying: containers, sysctls and security modules can each forbid it. */
async function hasUserNamespaces(as: Partial<Owner> = {}): Promise<boolean> {
  const { file, args } = inNamespace('true', []);
  return succeeds(file, args, as);
}

async function succeeds(file: string, args: string[], as: Partial<Owner> = {}): Promise<boolean> {
  return execute(file, args, { cwd: '/', env: { ...ENGINE_ENVIRONMENT }, ...as }).then(
    () => true,
    () => false,
  );
}

/** Takes an account and a program; returns what to hand to `spawn`. */
export function commandFor(account: Account, program: string, args: readonly string[]) {
  const options = { cwd: '/', env: { ...ENGINE_ENVIRONMENT } };
  if (account.kind === 'namespace') return { ...inNamespace(program, args), options };
  if (account.kind === 'self') return { file: program, args: [...args], options };
  return { file: program, args: [...args], options: { ...options, uid: account.uid, gid: account.gid } };
}

/**
 * The same for initdb, which refuses a user id without a name ("user does not exist": containers run so). A user
 * namespace gives it one; what it writes belongs to the real id all the same.
 * @throws EmbeddedPostgresError `start_failed` when the id has no name and may not have a namespace
 */
export async function initdbCommandFor(account: Account, program: string, args: readonly string[]) {
  const command = commandFor(account, program, args);
  if (account.kind === 'namespace' || process.platform !== 'linux') return command;
  const uid = account.kind === 'self' ? process.getuid?.() : account.uid;
  if (await succeeds('id', ['-nu', String(uid)])) return command;
  const as = account.kind === 'self' ? {} : { uid: account.uid, gid: account.gid };
  if (await hasUserNamespaces(as)) return { ...command, ...inNamespace(program, args) };
  throw new EmbeddedPostgresError(
    'start_failed',
    `User id ${uid} has no name on this machine, and PostgreSQL's initdb wants one. Give it one (a line in /etc/passwd), allow user namespaces, or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

/** Without --fork: `unshare` becomes the program, so the process id we spawn is the postmaster's own. */
function inNamespace(program: string, args: readonly string[]) {
  return {
    file: 'unshare',
    args: ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--', program, ...args],
  };
}
