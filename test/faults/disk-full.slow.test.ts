// the disk of the database is full, and has room again.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestResponse, createClient } from '../client.ts';
import { type RunningProgram, buildProgram, runProgram, startProgram } from '../program.ts';
import { SmallDisk, whyNoSmallDisk } from './small-disk.ts';

const reason = whyNoSmallDisk === null ? '' : ` (skipped: it needs a disk of its own, and ${whyNoSmallDisk})`;
const longestAnswerMs = 6_000;
const timeout = 60_000;
const patience = { timeout: 20_000, interval: 100 };
let acknowledged: string[] = [];
let disk: SmallDisk;
let program: RunningProgram;

const environment = () => ({
  DOORWRIGHT_DATA_DIR: join(disk.folder, 'data'),
  DOORWRIGHT_RATE_LIMITS: 'off',
});

/** Makes an organization that takes some room; remembers it when that was acknowledged. */
async function write() {
  const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`key-${at}`, randomText()]));
  const answer = await createClient(program.url, program.apiKey).post('/organizations', {
    name: 'Kept',
    metadata,
  });
  if (answer.status === 201) acknowledged.push(answer.body.id);
  return answer;
}

let seed = 0;
const randomText = () =>
  createHash('sha512')
    .update(`${(seed += 1)}`)
    .digest('hex');

const read = () => createClient(program.url, program.apiKey).get('/organizations?limit=100');
const statusOf = async (path: string) => (await fetch(program.url + path)).status;

async function withSuperuser<Value>(work: (client: Client) => Promise<Value>): Promise<Value> {
  const { DOORWRIGHT_DATA_DIR: data } = environment();
  const client = new Client({
    host: join(data, 'postgres'),
    user: 'postgres',
    password: readFileSync(join(data, 'postgres.password'), 'utf8').trim(),
    database: 'doorwright',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function expectKept(): Promise<void> {
  const { rows } = await withSuperuser((client) =>
    client.query<{ kept: number; events: number }>(
      `select count(*)::int as kept, (select count(*)::int from event where organization_id = any($1)) as events
       from organization where id = any($1)`,
      [acknowledged],
    ),
  );
  expect(rows[0]).toEqual({ kept: acknowledged.length, events: acknowledged.length });
}

function expectClean503(answer: TestResponse): void {
  expect(answer.status).toBe(503);
  expect(answer.body).toEqual({ code: 'service_unavailable', message: expect.any(String) });
  expect(answer.body.message).not.toMatch(/space|disk|file|database|postgres/i);
  expect(answer.headers.get('retry-after')).toBe('1');
}

beforeAll(async () => {
  if (whyNoSmallDisk === null) await buildProgram();
});

describe.skipIf(whyNoSmallDisk !== null)(`R-05, the disk of the database${reason}`, { timeout }, () => {
  beforeAll(async () => {
    if (whyNoSmallDisk !== null) return;
    disk = new SmallDisk(160);
    program = await startProgram(environment());
  });

  afterAll(async () => {
    disk?.empty();
    await program?.stop();
    disk?.unmount();
  });

  test('a table that cannot grow: writes answer 503, reads go on; with room again everything does', async () => {
    expect((await write()).status).toBe(201);
    // A new file of PostgreSQL's log, so that the tables are what lacks room.
    await withSuperuser((client) => client.query('checkpoint; select pg_switch_wal(); checkpoint'));
    disk.fill();
    let refused = await write();
    await vi.waitFor(async () => expect((refused = await write()).status).not.toBe(201), {
      ...patience,
      interval: 0,
    });
    expectClean503(refused);
    expect((await read()).status).toBe(200);
    expect(await statusOf('/health')).toBe(200);
    await vi.waitFor(() => expect(program.log().includes('No space left on device')).toBe(true));
    disk.empty();
    await vi.waitFor(async () => expect((await write()).status).toBe(201), patience);
    await expectKept();
  });

  test("PostgreSQL's log cannot grow, so that it ends: 503 in time, and it is back by itself with room again", async () => {
    disk.fill();
    await withSuperuser((client) => exhaustLog(client));
    await vi.waitFor(async () => expect(await statusOf('/health')).toBe(503), patience);
    for (const ask of [write, read]) {
      const since = performance.now();
      expectClean503(await ask());
      expect(performance.now() - since).toBeLessThan(longestAnswerMs);
    }
    expect(await statusOf('/health/live')).toBe(200);
    // The operator is told why, and not of the many clients that came too early.
    const told =
      /did not start on \S+: (?:FATAL|PANIC): .*No space left on device\. Its disk has \d MB left: make room\./;
    await vi.waitFor(() => expect(told.test(program.log())).toBe(true), patience);
    disk.empty();
    await vi.waitFor(async () => expect((await write()).status).toBe(201), patience);
    expect(await statusOf('/health')).toBe(200);
    await expectKept();
  });

  test('a stop on a full disk is clean, a start on one says why it fails, and with room everything is there', async () => {
    disk.fill();
    expect(await program.stop()).toBe(0);
    disk.fill();
    await expect(startProgram(environment())).rejects.toThrow(/Its disk has \d MB left: make room\./);
    disk.empty();
    program = await startProgram(environment());
    await expectKept();
    expect((await write()).status).toBe(201);
  });
});

/** Writes into PostgreSQL's log, and into no table, until it cannot go on. */
async function exhaustLog(client: Client): Promise<void> {
  for (let megabytes = 0; megabytes < 200; megabytes += 1) {
    const statement = `select pg_logical_emit_message(false, 'full', repeat('x', 1000000), true)`;
    const isAlive = await client.query(statement).then(
      () => true,
      () => false,
    );
    if (!isAlive) return;
  }
  throw new Error('the log never lacked room');
}

describe.skipIf(whyNoSmallDisk !== null)(`R-05, the disk of backups${reason}`, { timeout }, () => {
  let backups: SmallDisk;

  beforeAll(async () => {
    if (whyNoSmallDisk !== null) return;
    backups = new SmallDisk(2);
    disk = new SmallDisk(160);
    acknowledged = [];
    program = await startProgram(environment());
    for (let count = 0; count < 50; count += 1) expect((await write()).status).toBe(201);
  });

  afterAll(async () => {
    await program?.stop();
    backups?.unmount();
    disk?.unmount();
  });

  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

  test.each([
    ['no room', 0],
    ['too little room', 16_384],
  ])('a backup that finds %s says so, leaves nothing and the earlier one as it was', async (_, leftBytes) => {
    const file = join(backups.folder, 'nightly.backup');
    const backUp = () => runProgram(['backup', file, '--json'], environment());
    const first = await backUp();
    expect([first.code, first.stderr]).toEqual([0, '']);
    const earlier = digest(file);
    backups.fill(leftBytes);
    const second = await backUp();
    expect(second).toEqual({
      code: 1,
      stdout: '',
      stderr: `doorwright: The backup could not be written to ${file}: its disk is full (ENOSPC). There is no new file, and an older one is as it was.\n`,
    });
    expect(readdirSync(backups.folder).sort()).toEqual(['filler', 'nightly.backup']);
    expect(digest(file)).toBe(earlier);
    backups.empty();
    expect((await write()).status).toBe(201);
    const third = await backUp();
    expect([third.code, third.stderr]).toEqual([0, '']);
    expect(digest(file)).not.toBe(earlier);
  });

  test('with the disk of the database full, a backup to another one works, and a restore changes nothing', async () => {
    const file = join(backups.folder, 'rescue.backup');
    disk.fill();
    expect(await runProgram(['backup', file, '--json'], environment())).toMatchObject({
      code: 0,
      stderr: '',
    });
    disk.empty();
    expect(await program.stop()).toBe(0);
    disk.fill();
    const refused = await runProgram(['restore', file, '--replace'], environment());
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/No space left on device|make room/);
    disk.empty();
    program = await startProgram(environment());
    const answers = await Promise.all(
      acknowledged
        .slice(-5)
        .map((id) => createClient(program.url, program.apiKey).get(`/organizations/${id}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });
});
