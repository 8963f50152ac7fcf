import { execFile } from 'node:child_process';
import { chmod, chown, lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { NOBODY } from './account.ts';
import { findEngine, prepareEngine } from './engine.ts';
import {
  canHideNamespaces,
  canOthersRunSources,
  hasNamespaces,
  isRoot,
  kill,
  makeDirectory,
  postmasterPid,
  query,
  start,
  startProcess,
  STRANGER,
  uidOfProcess,
  type Report,
} from './testing/harness.ts';

const connectionOf = (report: Report) => report.connection ?? expect.fail(JSON.stringify(report.error));

/** A directory that every user may enter. */
async function makeOpenDirectory(): Promise<string> {
  const directory = await makeDirectory();
  await chmod(directory, 0o755);
  return directory;
}

async function ownersBelow(directory: string): Promise<Set<number>> {
  const owners = new Set<number>();
  for (const name of await readdir(directory, { recursive: true })) {
    // Files come and go while the server runs.
    const found = await lstat(join(directory, name)).catch(() => undefined);
    if (found) owners.add(found.uid);
  }
  return owners;
}

test.skipIf(isRoot)('an ordinary user: server and files are that user’s', async () => {
  const directory = await makeDirectory();
  const postgres = await start(directory);
  expect(await ownersBelow(directory)).toEqual(new Set([process.getuid?.()]));
  expect(await query(postgres.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

const users: [name: string, uid: number][] = [['with a name', NOBODY]];
if (hasNamespaces) users.push(['without a name, as in containers', STRANGER]);

test.skipIf(!canOthersRunSources).each(users)(
  'root, where others can read the sources: a process of an ordinary user %s works',
  async (_name, uid) => {
    const directory = await makeDirectory();
    await chown(directory, uid, uid);
    const { child, report } = await startProcess(join(directory, 'data'), { uid });
    const connection = connectionOf(report);
    expect(report.uid).toBe(uid);
    expect(await query(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await uidOfProcess(await postmasterPid(join(directory, 'data', 'postgres')))).toBe(uid);
    expect(await ownersBelow(directory)).toEqual(new Set([uid]));
    await kill(child, 'SIGTERM');
    expect(child.exitCode).toBe(0);
  },
);

test.skipIf(!hasNamespaces)(
  'root with user namespaces, below a 0700 home: all files stay root’s',
  async () => {
    const directory = await makeDirectory();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const postgres = await start(join(directory, 'data'));
    expect(await query(postgres.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await uidOfProcess(await postmasterPid(postgres.cluster))).toBe(0);
    expect(await ownersBelow(directory)).toEqual(new Set([0]));
  },
);

test.skipIf(!isRoot)('root in a clone of another user: server and files are that user’s', async () => {
  const outer = await makeOpenDirectory();
  const clone = join(outer, 'clone');
  await promisify(execFile)('install', ['-d', '-o', `${STRANGER}`, '-g', `${STRANGER}`, '-m', '700', clone]);
  const data = join(clone, '.doorwright');
  const engines = join(outer, 'engines');
  const first = await start(data, engines);
  await query(first.connection, 'create table kept as select 42 as answer');
  expect(await uidOfProcess(await postmasterPid(first.cluster))).toBe(STRANGER);
  expect(await ownersBelow(clone)).toEqual(new Set([STRANGER]));
  await first.stop();
  const second = await start(data, engines);
  expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await second.stop();
  if (!canOthersRunSources) return;
  const { report } = await startProcess(data, { uid: STRANGER });
  expect(await query(connectionOf(report), 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test.skipIf(!isRoot)(
  'root: files of a user who can no longer reach them are refused with the reason',
  async () => {
    const outer = await makeOpenDirectory();
    const data = join(outer, 'data');
    await promisify(execFile)('install', ['-d', '-o', `${STRANGER}`, '-m', '700', data]);
    const postgres = await start(data, join(outer, 'engines'));
    await postgres.stop();
    await chmod(outer, 0o700);
    await expect(start(data)).rejects.toMatchObject({
      code: 'data_directory_unreachable',
      message: expect.stringContaining('chmod o+x') as string,
    });
  },
);

test.skipIf(!canHideNamespaces)(
  'root without user namespaces: uid 65534, in the data directory',
  async () => {
    const outer = await makeOpenDirectory();
    const data = join(outer, 'data');
    const options = { hasNoNamespaces: true, engineDirectory: join(outer, 'engines') };
    const first = await startProcess(data, options);
    await query(connectionOf(first.report), 'create table kept as select 42 as answer');
    expect(await uidOfProcess(await postmasterPid(join(data, 'postgres')))).toBe(NOBODY);
    const cluster = await lstat(join(data, 'postgres'));
    expect(cluster.isDirectory() && cluster.uid === NOBODY && (cluster.mode & 0o777) === 0o700).toBe(true);
    // Others may pass through root's directory, and not look into it.
    expect((await stat(data)).mode & 0o777).toBe(0o711);
    await kill(first.child, 'SIGTERM');
    const second = await start(data, options.engineDirectory);
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  },
);

test.skipIf(!canHideNamespaces)(
  'root without user namespaces, below a 0700 home: files in the engine directory, found by a link',
  async () => {
    const home = await makeDirectory();
    const engineDirectory = join(await makeOpenDirectory(), 'engines');
    const data = join(home, 'data');
    const first = await startProcess(data, { hasNoNamespaces: true, engineDirectory });
    await query(connectionOf(first.report), 'create table kept as select 42 as answer');
    expect(await readlink(join(data, 'postgres'))).toMatch(`${engineDirectory}/clusters/`);
    await kill(first.child, 'SIGTERM');
    const second = await start(data, engineDirectory);
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  },
);

test.skipIf(!canHideNamespaces || !hasNamespaces).each([
  ['where uid 65534 can reach them', 0o755],
  ['below a 0700 home', 0o700],
])('root: files made in a user namespace are usable without, and with again, %s', async (_name, mode) => {
  const home = await makeDirectory();
  await chmod(home, mode);
  const engineDirectory = join(await makeOpenDirectory(), 'engines');
  const data = join(home, 'data');
  const first = await start(data, engineDirectory);
  await query(first.connection, 'create table kept as select 42 as answer');
  await first.stop();
  const second = await startProcess(data, { hasNoNamespaces: true, engineDirectory });
  expect(await query(connectionOf(second.report), 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(await uidOfProcess(await postmasterPid(join(data, 'postgres')))).toBe(NOBODY);
  await kill(second.child, 'SIGTERM');
  const third = await start(data, engineDirectory);
  expect(await query(third.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test.skipIf(!canHideNamespaces)(
  'root without user namespaces: a user whom initdb would refuse for want of a name gets the reason',
  async () => {
    const directory = await makeOpenDirectory();
    await chown(directory, 54321, 54321);
    const { report } = await startProcess(join(directory, 'data'), {
      hasNoNamespaces: true,
      engineDirectory: join(await makeOpenDirectory(), 'engines'),
    });
    expect(report.error).toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('/etc/passwd') as string,
    });
  },
);

test.skipIf(!isRoot)('root: an engine that uid 65534 can not reach is copied, once', async () => {
  const home = await makeDirectory();
  await chmod(home, 0o700);
  const engineDirectory = join(await makeOpenDirectory(), 'engines');
  const engine = await findEngine();
  await promisify(execFile)('cp', ['-a', engine.directory, home]);
  const hidden = { ...engine, directory: join(home, 'native') };
  const account = { kind: 'nobody', uid: NOBODY, gid: NOBODY, isRelocated: false } as const;
  const [copy, same] = await Promise.all([
    prepareEngine(hidden, account, engineDirectory),
    prepareEngine(hidden, account, engineDirectory),
  ]);
  expect(copy).toEqual(same);
  expect(await readdir(engineDirectory)).toEqual([`engine-${engine.version}`]);
  const program = join(copy.directory, 'bin', 'postgres');
  const { stdout } = await promisify(execFile)(program, ['--version'], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
  });
  expect(stdout).toContain(`PostgreSQL) ${engine.major}.`);
});
