import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  eventually,
  isRunning,
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

test('a first start makes a database that only a password opens, through a socket only', async () => {
  const directory = await makeDirectory();
  const postgres = await start(join(directory, 'data'));
  expect(postgres.origin).toBe('started');
  const shown = await query(
    postgres.connection,
    `select current_database() as database, current_setting('listen_addresses') as addresses,
       current_setting('server_encoding') as encoding, current_setting('timezone') as timezone,
       lower('ÄÖ') as lower, (select string_agg(x, '' order by x) from unnest(array['a','B','b','A']) x) as sorted,
       (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
       current_setting('server_version_num')::int / 10000 as major`,
  );
  expect(shown).toEqual([
    {
      database: 'doorwright',
      addresses: '',
      encoding: 'UTF8',
      timezone: 'UTC',
      lower: 'äö',
      sorted: 'ABab',
      is_superuser: false,
      major: 18,
    },
  ]);
  await expect(query({ ...postgres.connection, password: 'wrong' }, 'select 1')).rejects.toMatchObject({
    code: '28P01',
  });
  const rules = (await readFile(join(postgres.cluster, 'pg_hba.conf'), 'utf8')).replaceAll(/^#.*\n/gm, '');
  expect(rules).toBe('local all all scram-sha-256\n');
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await mode(postgres.cluster)).toBe('700');
  expect(await mode(join(postgres.cluster, '.s.PGSQL.5432'))).toBe('700');
  expect(await mode(join(directory, 'data', 'postgres.password'))).toBe('600');
  expect(await mode(join(directory, 'data', 'postgres.log'))).toBe('600');
});

test('nothing is weakened by default: fsync, full pages and synchronous commits are on', async () => {
  const { settingArguments } = await import('./settings.ts');
  const settings = settingArguments('/tmp');
  expect(settings).toEqual(
    expect.arrayContaining(['fsync=on', 'full_page_writes=on', 'synchronous_commit=on']),
  );
});

test('stop ends the server cleanly, and the next start finds every row', async () => {
  const directory = await makeDatabase();
  const first = await start(directory);
  const pid = await postmasterPid(first.cluster);
  await query(first.connection, 'create table kept as select 42 as answer');
  await first.stop();
  await eventually(async () => expect(await isRunning(first.cluster, pid)).toBe(false));
  const second = await start(directory);
  expect(second.origin).toBe('started');
  expect(second.connection).toEqual(first.connection);
  expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  const log = await readFile(join(directory, 'postgres.log'), 'utf8');
  expect(log).toContain('database system was shut down at');
  expect(log).not.toContain('not properly shut down');
});

test('stop can be called twice, and ends clients that are connected', async () => {
  const postgres = await start(await makeDatabase());
  const busy = query(postgres.connection, 'select pg_sleep(60)').then(
    () => 'finished',
    () => 'cut off',
  );
  await eventually(async () => {
    const found = await query(
      postgres.connection,
      "select 1 from pg_stat_activity where query = 'select pg_sleep(60)'",
    );
    expect(found).toHaveLength(1);
  });
  await Promise.all([postgres.stop(), postgres.stop()]);
  expect(await busy).toBe('cut off');
});

test('SIGTERM to the supervising process stops the server', async () => {
  const directory = await makeDatabase();
  const { child } = await startProcess(directory);
  const pid = await postmasterPid(join(directory, 'postgres'));
  await kill(child, 'SIGTERM');
  expect(child.exitCode).toBe(0);
  await eventually(async () => expect(await isRunning(join(directory, 'postgres'), pid)).toBe(false));
});

test('the server has a session of its own: Ctrl-C in the terminal does not reach it', async () => {
  const postgres = await start(await makeDatabase());
  const pid = await postmasterPid(postgres.cluster);
  // Sending to a group that exists fails for no reason but absence: the postmaster leads its own.
  expect(() => process.kill(-pid, 0)).not.toThrow();
});

test('a server left by a killed supervisor is adopted, with its sessions and rows', async () => {
  const directory = await makeDatabase();
  const { child, report } = await startProcess(directory);
  expect(report.origin).toBe('started');
  await query(report.connection ?? expect.fail(), 'create table kept as select 42 as answer');
  const pid = await postmasterPid(join(directory, 'postgres'));
  await kill(child, 'SIGKILL');
  const postgres = await start(directory);
  expect(postgres.origin).toBe('adopted');
  expect(await postmasterPid(postgres.cluster)).toBe(pid);
  expect(await query(postgres.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await postgres.stop();
  await eventually(async () => expect(await isRunning(postgres.cluster, pid)).toBe(false));
  await expect(postmasterPid(postgres.cluster)).rejects.toThrow('no postmaster.pid');
});

test('a second Doorwright on a data directory is refused, and told who has it and what to do', async () => {
  const directory = await makeDatabase();
  const postgres = await start(directory);
  const { child, report } = await startProcess(directory);
  expect(report.error).toMatchObject({ name: 'DataDirectoryInUseError', code: 'data_directory_in_use' });
  expect(report.error?.message).toContain(directory);
  expect(report.error?.message).toContain(`process ${process.pid} `);
  expect(report.error?.message).toContain('DOORWRIGHT_DATA_DIR');
  await kill(child, 'SIGKILL');
  // The refused one has left the server alone.
  expect(await query(postgres.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('of several first starts at once one wins, the others are refused', async () => {
  const directory = await makeDirectory();
  const outcomes = await Promise.allSettled([start(directory), start(directory), start(directory)]);
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  expect(refusals).toHaveLength(2);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'data_directory_in_use' });
});

test('files of another major version are refused unchanged, with the way to move the data', async () => {
  const directory = await makeDatabase();
  const postgres = await start(directory);
  await postgres.stop();
  await writeFile(join(postgres.cluster, 'PG_VERSION'), '17\n');
  const refused = start(directory);
  await expect(refused).rejects.toMatchObject({ code: 'engine_version_mismatch' });
  await expect(refused).rejects.toThrow(/PostgreSQL 17.*doorwright backup.*doorwright restore/);
});

test('a directory in the place of the database that is something else is left alone', async () => {
  const directory = await makeDirectory();
  await mkdir(join(directory, 'postgres', 'photos'), { recursive: true });
  await expect(start(directory)).rejects.toMatchObject({
    code: 'start_failed',
    message: expect.stringContaining('Move it away') as string,
  });
  expect(await readdir(join(directory, 'postgres'))).toEqual(['photos']);
});

test('a link to database files that are gone is not taken for a first start', async () => {
  const directory = await makeDirectory();
  await symlink(join(directory, 'lost'), join(directory, 'postgres'));
  await expect(start(directory)).rejects.toMatchObject({ code: 'data_directory_unreachable' });
  expect(await readdir(directory)).toEqual(['postgres']);
});

test('a server that can not start says why', async () => {
  const directory = await makeDatabase();
  const postgres = await start(directory);
  await postgres.stop();
  await writeFile(join(postgres.cluster, 'postgresql.conf'), 'shared_buffers = nonsense\n');
  await expect(start(directory)).rejects.toMatchObject({
    code: 'start_failed',
    message: expect.stringContaining('shared_buffers') as string,
  });
});

test('a lost password file is named', async () => {
  const directory = await makeDatabase();
  const postgres = await start(directory);
  await postgres.stop();
  await writeFile(join(directory, 'postgres.password'), 'wrong\n');
  await expect(start(directory)).rejects.toMatchObject({
    code: 'password_missing',
    message: expect.stringContaining('postgres.password') as string,
  });
});
