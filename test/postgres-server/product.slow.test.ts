// The product on a PostgreSQL of one's own (DATABASE_URL), directly and through pgbouncer in transaction mode.
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { migrate, readMigrations } from '../../src/platform/database/migrate.ts';
import { sql } from '../../src/platform/database/sql.ts';
import { applicationName } from '../../src/platform/database/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { type TestServer, startServer } from '../harness.ts';
import type { TestPostgres } from '../postgres.ts';
import { buildProgram, runProgram, startProgram } from '../program.ts';
import { createClient } from '../client.ts';
import { Pgbouncer, PostgresServer, findPgbouncer, findPostgres, urlOf } from './programs.ts';

const programs = findPostgres();
const pgbouncer = findPgbouncer();

let postgres: PostgresServer;
let bouncer: Pgbouncer;

beforeAll(async () => {
  if (programs === null || pgbouncer === null) return;
  postgres = await PostgresServer.start(programs);
  bouncer = await Pgbouncer.start(pgbouncer, postgres.connection);
});

afterAll(async () => {
  await bouncer?.stop();
  await postgres?.stop();
});

const absent = programs === null || pgbouncer === null;
const reason = absent
  ? ' (skipped: no PostgreSQL 15 or newer under /usr/lib/postgresql, or no pgbouncer)'
  : '';

describe.skipIf(absent).each([
  { way: 'directly', database: 'direct', isPooled: false },
  { way: 'through pgbouncer', database: 'pooled', isPooled: true },
])(`DATABASE_URL, $way${reason}`, ({ database, isPooled }) => {
  let connection: TestPostgres;
  let server: TestServer;

  beforeAll(async () => {
    connection = await postgres.makeDatabase(database);
    if (isPooled) connection = { ...connection, port: bouncer.port };
    await migrateByThree(connection);
    const on = { connection, drop: () => Promise.resolve() };
    server = await startServer({ on, isDirect: !isPooled });
  });

  afterAll(() => server?.close());

  test('organizations are made, read, changed, listed and deleted, with their events', async () => {
    const { body: made } = await server.api.post('/organizations', { name: 'One', domains: ['pg-corp.com'] });
    expect((await server.api.get(`/organizations/${made.id}`)).body).toEqual(made);
    await server.api.put(`/organizations/${made.id}`, { name: 'Two' });
    expect((await server.api.get('/organizations?search=tw')).body.data[0].name).toBe('Two');
    expect((await server.api.delete(`/organizations/${made.id}`)).status).toBe(202);
    expect(await server.eventNames()).toEqual([
      'organization.created',
      'organization_domain.created',
      'organization.updated',
      'organization_domain.deleted',
      'organization.deleted',
    ]);
  });

  test('twenty equal requests with one key make one organization', async () => {
    const once = { headers: { 'idempotency-key': 'twenty' } };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.api.post('/organizations', { name: 'Twenty' }, once)),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect((await server.api.get('/organizations?search=twenty')).body.data).toHaveLength(1);
  });

  test('a hundred writers at once, on fewer sessions than connections, lose nothing', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `Crowd ${index}`);
    const answers = await Promise.all(names.map((name) => server.api.post('/organizations', { name })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const { body } = await server.api.get('/organizations?search=crowd&limit=100');
    expect(body.data).toHaveLength(100);
  });

  test('jobs are done, and recurring ones put back', async () => {
    const { id } = await server.addEnvironment('sandbox');
    expect((await server.install.delete(`/management/environments/${id}`)).status).toBeLessThan(300);
    const worker = server.startJobs();
    const left = () =>
      server.database.one<{ once: number; due: number; later: number }>(sql`
        select count(*) filter (where id not like 'job_recurring_%') as once,
          count(*) filter (where run_at <= now() or lease_token is not null) as due,
          count(*) filter (where run_at > now()) as later
        from job`);
    await vi.waitFor(
      async () => {
        const { once, due, later } = await left();
        expect({ once, due }).toEqual({ once: 0, due: 0 });
        expect(later).toBeGreaterThan(0);
      },
      { timeout: 15_000 },
    );
    await worker.stop(1_000);
  });
});

/** What Doorwright's sessions said to a database, line by line, as the server logged it. */
const statementsOn = (database: string): string[] =>
  postgres.statementsOf(applicationName).filter((line) => line.split('|')[1] === database);

describe.skipIf(absent)(`sessions of DATABASE_URL${reason}`, () => {
  test('nothing of a session is used where a pooler may stand: names, LISTEN, locks, settings', () => {
    const statements = statementsOn('pooled');
    expect(statements.length).toBeGreaterThan(100);
    const text = statements.join('\n');
    expect(text).not.toMatch(/execute s\d+:/);
    expect(text).not.toMatch(/\b(listen|notify|unlisten)\b /i);
    expect(text).not.toMatch(/pg_(try_)?advisory_lock\b/i);
    expect(statements.filter((line) => /: +set (?!local|transaction)/i.test(line))).toEqual([]);
    expect(text).not.toMatch(/with hold|create temp/i);
  });

  test('statements have names where none stands', () => {
    expect(statementsOn('direct').join('\n')).toMatch(/execute s\d+:/);
  });
});

async function migrateByThree(connection: TestPostgres): Promise<void> {
  const migrations = await readMigrations(new URL('../../migrations', import.meta.url).pathname);
  const pools = [1, 2, 3].map(() => new Pool({ ...connection, application_name: applicationName }));
  const applied = await Promise.all(pools.map((pool) => migrate(pool, migrations, createLog('silent'))));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name));
}

describe.skipIf(absent)(`the built program on a PostgreSQL of one's own${reason}`, () => {
  test('migrates, serves, is backed up and restored through pgbouncer', async () => {
    await buildProgram();
    const folder = postgres.folder;
    const source = await postgres.makeDatabase('program');
    const environment = {
      DATABASE_URL: urlOf({ ...source, port: bouncer.port }),
      DOORWRIGHT_DATA_DIR: `${folder}/source`,
    };
    const before = await runProgram(['migrate', '--status', '--json'], environment);
    expect(JSON.parse(before.stdout).migrations[0]).toMatchObject({ state: 'pending' });
    const server = await startProgram(environment);
    const { body } = await createClient(server.url, server.apiKey).post('/organizations', {
      name: 'Program',
    });
    const after = await runProgram(['migrate', '--status'], environment);
    expect(after.stdout).toMatch(/^applied {2}0001_environments {2}/);
    expect((await runProgram(['backup', `${folder}/program.backup`], environment)).code).toBe(0);
    const target = await postgres.makeDatabase('restored');
    const there = { ...environment, DATABASE_URL: urlOf(source), DATABASE_DIRECT_URL: urlOf(target) };
    const running = await runProgram(['restore', `${folder}/program.backup`, '--replace'], environment);
    expect(running.stderr).toContain('is using this database');
    expect(await server.stop()).toBe(0);
    expect((await runProgram(['restore', `${folder}/program.backup`], there)).stderr).toBe('');
    const restored = await startProgram(there);
    const found = await createClient(restored.url, restored.apiKey).get(`/organizations/${body.id}`);
    expect(found.body.name).toBe('Program');
    expect(await restored.stop()).toBe(0);
  });
});
