import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { canReach } from './account.ts';
import { findLayout, readPassword } from './cluster.ts';
import { reachPostmaster } from './reach.ts';
import {
  eventually,
  isRoot,
  kill,
  keepTemplate,
  makeDatabase,
  makeDirectory,
  postmasterPid,
  query,
  start,
  startProcess,
} from './testing/harness.ts';

keepTemplate();

test('a killed postmaster is back within ten seconds with every acknowledged row, at the same socket', async () => {
  const postgres = await start(await makeDatabase());
  const pool = new Pool({ ...postgres.connection, max: 4 });
  pool.on('error', () => {});
  onTestFinished(() => pool.end());
  await pool.query('create table acknowledged (number int primary key)');
  for (let round = 0; round < 3; round += 1) {
    const killed = await postmasterPid(postgres.cluster);
    const first = round * 100;
    for (let number = first; number < first + 100; number += 1) {
      await pool.query('insert into acknowledged values ($1)', [number]);
    }
    process.kill(killed, 'SIGKILL');
    // The sessions of the old server answer for some milliseconds more: wait for the new one.
    await eventually(async () => expect(await postmasterPid(postgres.cluster)).not.toBe(killed));
    const { rows } = await eventually(() => pool.query('select count(*)::int as count from acknowledged'));
    expect(rows).toEqual([{ count: first + 100 }]);
  }
});

test('a session that computes on after its postmaster was killed does not hold up the recovery', async () => {
  const postgres = await start(await makeDatabase());
  const endless = query(postgres.connection, 'do $$ begin loop end loop; end $$').catch(() => 'cut off');
  await eventually(async () => {
    const found = await query(
      postgres.connection,
      "select 1 from pg_stat_activity where query like 'do %' and state = 'active'",
    );
    expect(found).toHaveLength(1);
  });
  const killed = await postmasterPid(postgres.cluster);
  process.kill(killed, 'SIGKILL');
  expect(await endless).toBe('cut off');
  await eventually(async () => expect(await postmasterPid(postgres.cluster)).not.toBe(killed));
  expect(await eventually(() => query(postgres.connection, 'select 1 as one'))).toEqual([{ one: 1 }]);
});

test('after a crash the owner lock is held again: a second Doorwright is still refused', async () => {
  const directory = await makeDatabase();
  const postgres = await start(directory);
  const killed = await postmasterPid(postgres.cluster);
  process.kill(killed, 'SIGKILL');
  await eventually(async () => {
    expect(await postmasterPid(postgres.cluster)).not.toBe(killed);
    const found = await query(
      postgres.connection,
      "select 1 from pg_locks where locktype = 'advisory' and granted",
    );
    expect(found).toHaveLength(1);
  });
  const { report } = await startProcess(directory);
  expect(report.error).toMatchObject({ code: 'data_directory_in_use' });
});

test('an adopted server that is killed is started again', async () => {
  const directory = await makeDatabase();
  const { child } = await startProcess(directory);
  await kill(child, 'SIGKILL');
  const postgres = await start(directory);
  expect(postgres.origin).toBe('adopted');
  const killed = await postmasterPid(postgres.cluster);
  process.kill(killed, 'SIGKILL');
  await eventually(async () => expect(await postmasterPid(postgres.cluster)).not.toBe(killed));
  expect(await eventually(() => query(postgres.connection, 'select 1 as one'))).toEqual([{ one: 1 }]);
});

test('a crash of one session, which makes PostgreSQL drop all, leaves the same postmaster owned', async () => {
  const postgres = await start(await makeDatabase());
  const pid = await postmasterPid(postgres.cluster);
  const [session] = await query(
    postgres.connection,
    "select pid from pg_stat_activity where application_name like 'Doorwright, process%'",
  );
  process.kill(session?.['pid'] as number, 'SIGKILL');
  await eventually(async () => {
    const found = await query(
      postgres.connection,
      `select 1 from pg_locks where locktype = 'advisory' and granted and pid <> ${String(session?.['pid'])}`,
    );
    expect(found).toHaveLength(1);
  });
  expect(await postmasterPid(postgres.cluster)).toBe(pid);
});

test('stop during recovery leaves no server behind', async () => {
  const postgres = await start(await makeDatabase());
  const killed = await postmasterPid(postgres.cluster);
  process.kill(killed, 'SIGKILL');
  await eventually(async () => expect(await postmasterPid(postgres.cluster)).not.toBe(killed));
  await postgres.stop();
  await expect(postmasterPid(postgres.cluster)).rejects.toThrow('no postmaster.pid');
});

test('postmaster.pid of a process that is gone does not hinder a start', async () => {
  const directory = await makeDatabase();
  const { child } = await startProcess(directory);
  const cluster = join(directory, 'postgres');
  const pid = await postmasterPid(cluster);
  await kill(child, 'SIGKILL');
  process.kill(pid, 'SIGKILL');
  const postgres = await start(directory);
  expect(postgres.origin).toBe('started');
  expect(await query(postgres.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('postmaster.pid of a process that died and was never collected by its parent does not hinder a start', async () => {
  const directory = await makeDatabase();
  const before = await start(directory);
  const pidFile = join(before.cluster, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8');
  await before.stop();
  // The shell becomes `sleep`, which never collects the child that the shell had started.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => kill(parent, 'SIGKILL'));
  const [zombie] = (await once(createInterface(parent.stdout), 'line')) as [string];
  await leavePidFile(pidFile, content.replace(/^\d+/, zombie));
  const postgres = await start(directory);
  expect(postgres.origin).toBe('started');
});

test('postmaster.pid whose number another program has now does not hinder a start', async () => {
  const directory = await makeDatabase();
  const before = await start(directory);
  const pidFile = join(before.cluster, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8');
  await before.stop();
  const other = spawn('sleep', ['1000'], { cwd: '/', stdio: 'ignore' });
  onTestFinished(() => kill(other, 'SIGKILL'));
  // As a power failure leaves it, with the number given to somebody else after the boot.
  await leavePidFile(pidFile, content.replace(/^\d+/, String(other.pid)));
  const postgres = await start(directory);
  expect(postgres.origin).toBe('started');
  await postgres.stop();
  expect(other.exitCode).toBeNull();
});

async function leavePidFile(pidFile: string, content: string): Promise<void> {
  const { uid, gid } = await stat(dirname(pidFile));
  await writeFile(pidFile, content, { mode: 0o600 });
  await chown(pidFile, uid, gid);
}

test('a start while the server is stopping waits for it', async () => {
  const directory = await makeDatabase();
  const { child } = await startProcess(directory);
  const stopping = kill(child, 'SIGTERM');
  const postgres = await start(directory);
  await stopping;
  expect(postgres.origin).toBe('started');
  expect(await query(postgres.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a server that says for ever that it is shutting down is ended, and a start goes on with what it acknowledged', async () => {
  const directory = await makeDatabase();
  const { child, report } = await startProcess(directory);
  const connection = report.connection ?? expect.fail();
  const layout = await findLayout(directory);
  await query(connection, 'create table kept as select 1 as one');
  // An open session holds up this kind of shutdown, as a fault of PostgreSQL 18 does with another after a crash.
  const session = new Client(connection);
  session.on('error', () => undefined);
  await session.connect();
  const pid = await postmasterPid(layout.cluster);
  await kill(child, 'SIGKILL');
  process.kill(pid, 'SIGTERM');
  const reached = reachPostmaster({
    layout,
    password: await readPassword(layout),
    findSocketDirectory: () => Promise.resolve(layout.cluster),
    launch: () => Promise.reject(new Error('it is gone')),
    stopPatienceMs: 200,
  });
  await expect(reached).rejects.toThrow('it is gone');
  const postgres = await start(directory);
  expect(await query(postgres.connection, 'select one from kept')).toEqual([{ one: 1 }]);
});

test('a data directory with a long path has its socket in a runtime directory that is closed to others', async () => {
  const directory = join(await makeDirectory(), 'long'.repeat(20), 'data');
  const postgres = await start(directory);
  const socket = join(postgres.connection.host, '.s.PGSQL.5432');
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
  expect(socket.startsWith(directory)).toBe(false);
  expect((await stat(postgres.connection.host)).mode & 0o777).toBe(0o700);
  expect(await query(postgres.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  const killed = await postmasterPid(postgres.cluster);
  process.kill(killed, 'SIGKILL');
  await eventually(async () => expect(await postmasterPid(postgres.cluster)).not.toBe(killed));
  expect(await eventually(() => query(postgres.connection, 'select 1 as one'))).toEqual([{ one: 1 }]);
  await postgres.stop();
  await rm(postgres.connection.host, { recursive: true });
});

test('library links that npm did not make are made', async () => {
  const { mendLinks, findEngine } = await import('./engine.ts');
  const directory = join(await makeDirectory(), 'native');
  await mkdir(join(directory, 'lib'), { recursive: true });
  const engine = await findEngine();
  const list = 'pg-symlinks.json';
  await copyFile(join(engine.directory, list), join(directory, list));
  const links = JSON.parse(await readFile(join(directory, list), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source } of links) await writeFile(join(directory, '..', source), source);
  expect(await mendLinks(directory)).toBe(true);
  for (const { source, target } of links) {
    expect(await readFile(join(directory, '..', target), 'utf8')).toBe(source);
  }
});

test.skipIf(isRoot)(
  'as an ordinary user: links that can not be made in node_modules are made in a copy',
  async () => {
    const { prepareEngine, findEngine } = await import('./engine.ts');
    const directory = await makeDirectory();
    const engine = await findEngine();
    await mkdir(join(directory, 'native'));
    for (const name of ['bin', 'share'])
      await symlink(join(engine.directory, name), join(directory, 'native', name));
    await mkdir(join(directory, 'native', 'lib'), { mode: 0o500 });
    await copyFile(join(engine.directory, 'pg-symlinks.json'), join(directory, 'native', 'pg-symlinks.json'));
    const bare = { ...engine, directory: join(directory, 'native') };
    const prepared = await prepareEngine(bare, { kind: 'self' }, join(directory, 'engines'));
    expect(prepared.directory.startsWith(join(directory, 'engines'))).toBe(true);
    expect(await canReach({ uid: process.getuid?.() ?? 0, gid: 0 }, prepared.directory)).toBe(true);
  },
);
