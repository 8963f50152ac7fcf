// the database dies, or has no connection to spare, and comes back.
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestClient, createClient } from '../client.ts';
import { type Environment, type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { Pgbouncer, PostgresServer, findPgbouncer, findPostgres, urlOf } from './programs.ts';

const programs = findPostgres();
const pgbouncer = findPgbouncer();
const absent = programs === null || pgbouncer === null;
const reason = absent
  ? ' (skipped: no PostgreSQL 15 or newer under /usr/lib/postgresql, or no pgbouncer)'
  : '';

const longestAnswerMs = 6_000;
const longestReturnMs = 10_000;

interface Answer {
  status: number;
  ms: number;
  id: string | undefined;
}

/** Sixteen callers that write as fast as they are answered, until told to stop. */
class Load {
  readonly answers: Answer[] = [];
  readonly #api: TestClient;
  #isOver = false;
  readonly #callers: Promise<void>[];

  constructor(api: TestClient) {
    this.#api = api;
    this.#callers = Array.from({ length: 16 }, () => this.#call());
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const since = performance.now();
      const { status, body } = await this.#api.post('/organizations', { name: 'Load' });
      this.answers.push({ status, ms: performance.now() - since, id: body.id });
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }
}

let postgres: PostgresServer;
let bouncer: Pgbouncer;

beforeAll(async () => {
  if (programs === null || pgbouncer === null) return;
  await buildProgram();
  postgres = await PostgresServer.start(programs, {
    fsync: 'on',
    log_statement: 'none',
    max_connections: '30',
  });
  bouncer = await Pgbouncer.start(pgbouncer, postgres.connection);
});

afterAll(async () => {
  await bouncer?.stop();
  await postgres?.stop();
});

const statusOf = async (program: RunningProgram): Promise<number> =>
  (await fetch(`${program.url}/health`)).status;

describe.skipIf(absent).each([
  { way: 'directly', database: 'direct', isPooled: false },
  { way: 'through pgbouncer', database: 'pooled', isPooled: true },
])(`R-03, $way${reason}`, ({ database, isPooled }) => {
  test('kill -9 of PostgreSQL under load: 503 at most, soon answered, back unaided, nothing lost', async () => {
    const connection = await postgres.makeDatabase(database);
    const url = urlOf(isPooled ? { ...connection, port: bouncer.port } : connection);
    const environment: Environment = isPooled
      ? { DATABASE_URL: url }
      : { DATABASE_URL: url, DATABASE_DIRECT_URL: url };
    const program = await startProgram({
      ...environment,
      DOORWRIGHT_DATA_DIR: `${postgres.folder}/${database}`,
      DOORWRIGHT_RATE_LIMITS: 'off',
    });
    const api = createClient(program.url, program.apiKey);
    const load = new Load(api);
    await vi.waitFor(() => expect(load.answers.length).toBeGreaterThan(100), { timeout: 20_000 });
    await postgres.kill();
    await vi.waitFor(() => expect(load.answers.some(({ status }) => status === 503)).toBe(true), {
      timeout: 10_000,
    });
    expect(await statusOf(program)).toBe(503);
    expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
    await postgres.start();
    const back = performance.now();
    const before = load.answers.filter(({ status }) => status === 201).length;
    await vi.waitFor(
      () => expect(load.answers.filter(({ status }) => status === 201).length).toBeGreaterThan(before + 50),
      { timeout: longestReturnMs },
    );
    expect(performance.now() - back).toBeLessThan(longestReturnMs);
    await load.stop();
    expect(await statusOf(program)).toBe(200);
    expect([...new Set(load.answers.map(({ status }) => status))].sort()).toEqual([201, 503]);
    expect(Math.max(...load.answers.map(({ ms }) => ms))).toBeLessThan(longestAnswerMs);
    await expectKept(connection, load);
    expect(await program.stop()).toBe(0);
  });
});

async function expectKept(connection: PostgresServer['connection'], load: Load): Promise<void> {
  const pool = new Pool({ ...connection, max: 1 });
  const acknowledged = load.answers.flatMap(({ status, id }) => (status === 201 && id ? [id] : []));
  const { rows } = await pool.query<{ kept: number; events: number }>(
    `select count(*)::int as kept, (select count(*)::int from event where organization_id = any($1)) as events
     from organization where id = any($1)`,
    [acknowledged],
  );
  await pool.end();
  expect(rows[0]).toEqual({ kept: acknowledged.length, events: acknowledged.length });
}

describe.skipIf(absent)(`R-04${reason}`, () => {
  let program: RunningProgram;
  let connection: PostgresServer['connection'];

  beforeAll(async () => {
    if (absent) return;
    connection = await postgres.makeDatabase('exhausted');
    const url = urlOf(connection);
    program = await startProgram({
      DATABASE_URL: url,
      DATABASE_DIRECT_URL: url,
      DATABASE_POOL_SIZE: '4',
      DOORWRIGHT_DATA_DIR: `${postgres.folder}/exhausted`,
      DOORWRIGHT_RATE_LIMITS: 'off',
    });
  });

  afterAll(() => program?.stop());

  test('a table locked by somebody else exhausts the pool: all answered with 503 in time, then it recovers', async () => {
    const api = createClient(program.url, program.apiKey);
    const blocker = openPool(connection, 2);
    const holder = await blocker.connect();
    await holder.query('begin; lock table organization in access exclusive mode');
    const since = performance.now();
    const stuck: Promise<{ status: number }>[] = [];
    await vi.waitFor(
      async () => {
        stuck.push(api.get('/organizations'));
        // Not in the holder's transaction: that sees one moment of this view for ever.
        const { rows } = await blocker.query<{ waiting: number }>(
          `select count(*)::int as waiting from pg_stat_activity where datname = 'exhausted' and wait_event_type = 'Lock'`,
        );
        expect(rows[0]?.waiting).toBe(4);
      },
      { timeout: 5_000, interval: 100 },
    );
    // Every connection of the pool waits for the lock now.
    const waiting = await Promise.all(Array.from({ length: 12 }, () => timed(api.get('/organizations'))));
    expect(waiting.map(({ status }) => status)).toEqual(waiting.map(() => 503));
    expect(Math.max(...waiting.map(({ ms }) => ms))).toBeLessThan(longestAnswerMs);
    expect(await statusOf(program)).toBe(503);
    expect(new Set((await Promise.all(stuck)).map(({ status }) => status))).toEqual(new Set([503]));
    expect(performance.now() - since).toBeLessThan(25_000);
    await holder.query('rollback');
    holder.release();
    await blocker.end();
    await vi.waitFor(async () => expect(await statusOf(program)).toBe(200), { timeout: longestReturnMs });
    expect((await api.get('/organizations')).status).toBe(200);
  }, 60_000);

  test('a server without a connection to spare: 503 in time, degraded, then it recovers', async () => {
    const api = createClient(program.url, program.apiKey);
    const hog = openPool(connection, 40);
    const ended = openPool(connection, 1);
    const admin = await ended.connect();
    // As a superuser it has the last connections too; the program's own go first.
    const held = await Promise.allSettled(Array.from({ length: 40 }, () => hog.connect()));
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = 'exhausted' and application_name = 'doorwright'`);
    const more = await Promise.allSettled(Array.from({ length: 10 }, () => hog.connect()));
    const answers = await Promise.all(Array.from({ length: 12 }, () => timed(api.get('/organizations'))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(longestAnswerMs);
    expect(await statusOf(program)).toBe(503);
    for (const taken of [...held, ...more]) if (taken.status === 'fulfilled') taken.value.release(true);
    admin.release();
    await Promise.all([hog.end(), ended.end()]);
    await vi.waitFor(async () => expect((await api.get('/organizations')).status).toBe(200), {
      timeout: longestReturnMs,
    });
  });
});

/** Connections that may be lost. */
function openPool(connection: PostgresServer['connection'], max: number): Pool {
  const pool = new Pool({ ...connection, max });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function timed(answer: Promise<{ status: number }>): Promise<{ status: number; ms: number }> {
  const since = performance.now();
  const { status } = await answer;
  return { status, ms: performance.now() - since };
}
