import { assert, double, integer, property } from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/platform/database/database.ts';
import { sql } from '../../src/platform/database/sql.ts';
import { type JobKind, backoffSeconds, defineJob } from '../../src/platform/jobs/jobs.ts';
import { claimJobs, deleteJob, insertJobs } from '../../src/platform/jobs/store.ts';
import { type Worker, type WorkerOptions, startWorker } from '../../src/platform/jobs/worker.ts';
import { createLog } from '../../src/platform/log.ts';
import { useServer } from '../harness.ts';
import { waitUntil } from '../wait.ts';

const server = useServer();
const log = createLog('silent');
const Payload = z.object({ number: z.int() });
type Payload = z.infer<typeof Payload>;
let workers: Worker[] = [];
let databases: readonly Database[] = [];

beforeEach(async () => {
  if (databases.length === 0) databases = [server.database, (await server.startNode()).database];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop(1_000)));
  workers = [];
  await server.database.run(sql`delete from job`);
});

function start(kind: JobKind<Payload>, node = 0, options: Partial<WorkerOptions> = {}): Worker {
  const worker = startWorker({
    database: databases[node] ?? server.database,
    clock: server.clock,
    log,
    kinds: [kind as JobKind],
    findEnvironment: () => Promise.resolve(null),
    pollMs: 10,
    ...options,
  });
  workers.push(worker);
  return worker;
}

const enqueue = (kind: string, count: number, maxAttempts = 3): Promise<void> =>
  insertJobs(
    server.database,
    Array.from({ length: count }, (_, number) => ({
      id: `job_${kind}_${number}`,
      environment_id: null,
      kind,
      payload: { number },
      run_at: server.clock.now(),
      max_attempts: maxAttempts,
      dedupe_key: null,
    })),
  );

/** One job of an environment. */
const enqueueOf = (kind: string, environmentId: string): Promise<void> =>
  insertJobs(server.database, [
    {
      id: `job_${kind}`,
      environment_id: environmentId,
      kind,
      payload: { number: 0 },
      run_at: server.clock.now(),
      max_attempts: 3,
      dedupe_key: null,
    },
  ]);

const countJobs = async (): Promise<number> =>
  (await server.database.one<{ count: number }>(sql`select count(*) as count from job`)).count;

const job = (id: string) =>
  server.database.one<{ state: string; attempts: number; last_error: string | null; run_at: string }>(
    sql`select state, attempts, last_error, run_at from job where id = ${id}`,
  );

const claim = { limit: 1, except: [], kinds: ['stolen'] };

describe('the queue', () => {
  test('jobs of an environment that was deleted are dropped: they are about nothing any more', async () => {
    let runs = 0;
    await enqueueOf('orphan', 'environment_gone');
    start(defineJob({ kind: 'orphan', payload: Payload, maxAttempts: 3, run: async () => void (runs += 1) }));
    await waitUntil('no job is left', async () => (await countJobs()) === 0);
    expect(runs).toBe(0);
  });

  test.each(['run', 'perform'] as const)(
    '500 jobs for many workers on two nodes: each is done once (%s)',
    async (way) => {
      const runs = new Map<number, number>();
      const note = ({ number }: Payload) => {
        runs.set(number, (runs.get(number) ?? 0) + 1);
        return Promise.resolve();
      };
      const done =
        way === 'run' ? { run: (_: unknown, payload: Payload) => note(payload) } : { perform: note };
      const kind = defineJob<Payload>({ kind: `quick_${way}`, payload: Payload, maxAttempts: 1, ...done });
      for (let index = 0; index < 6; index += 1) start(kind, index % 2);
      await enqueue(kind.kind, 500);
      await waitUntil('the queue is empty', async () => (await countJobs()) === 0);
      expect(runs.size).toBe(500);
      expect([...runs.values()].filter((count) => count !== 1)).toEqual([]);
    },
  );

  test('a job whose worker died is taken over when its lease runs out, and the dead one cannot end it', async () => {
    await enqueue('stolen', 1);
    const now = server.clock.now();
    const [claimed] = await claimJobs(server.database, {
      ...claim,
      now,
      leaseSeconds: 0.3,
      leaseToken: 'the dead',
    });
    expect(claimed?.attempts).toBe(1);
    const early = await claimJobs(server.database, { ...claim, now, leaseSeconds: 9, leaseToken: 'early' });
    expect(early).toEqual([]);
    let heir: (typeof early)[number] | undefined;
    await waitUntil('the lease runs out', async () => {
      [heir] = await claimJobs(server.database, { ...claim, now, leaseSeconds: 9, leaseToken: 'heir' });
      return heir !== undefined;
    });
    expect(heir?.attempts).toBe(2);
    expect(await deleteJob(server.database, 'job_stolen_0', 'the dead')).toBe(0);
    expect(await deleteJob(server.database, 'job_stolen_0', 'heir')).toBe(1);
  });

  test('a job that takes longer than its lease keeps it', async () => {
    let runs = 0;
    let finish: () => void = () => undefined;
    const kind = defineJob<Payload>({
      kind: 'long',
      payload: Payload,
      maxAttempts: 3,
      perform: () => {
        runs += 1;
        return new Promise((resolve) => (finish = resolve));
      },
    });
    for (const node of [0, 1]) start(kind, node, { leaseSeconds: 0.3 });
    await enqueue('long', 1);
    await waitUntil('it runs', () => runs === 1);
    const startedAt = performance.now();
    await waitUntil('three leases pass', () => performance.now() - startedAt > 900);
    finish();
    await waitUntil('it ends', async () => (await countJobs()) === 0);
    expect(runs).toBe(1);
  });

  test('a kind with a limit holds no more places than that, however many of it wait and hang', async () => {
    let hanging = 0;
    const seen: number[] = [];
    const release: (() => void)[] = [];
    const hang = defineJob<Payload>({
      kind: 'hanging',
      payload: Payload,
      maxAttempts: 1,
      maxConcurrent: 2,
      perform: async () => {
        hanging += 1;
        await new Promise<void>((resolve) => release.push(resolve));
        hanging -= 1;
      },
    });
    const other = defineJob<Payload>({
      kind: 'other',
      payload: Payload,
      maxAttempts: 1,
      perform: ({ number }) => Promise.resolve(void seen.push(number)),
    });
    await enqueue('hanging', 20);
    await enqueue('other', 20);
    start(hang, 0, { kinds: [hang as JobKind, other as JobKind], concurrency: 4 });
    await waitUntil('the others are done', () => seen.length === 20);
    await waitUntil('its places are taken', () => hanging === 2);
    while (release.length > 0 || (await countJobs()) > 0) {
      release.shift()?.();
      expect(hanging).toBeLessThanOrEqual(2);
    }
  });

  test('after a step of many its kind rests as long as the step took, and the others go on', async () => {
    const stepMs = 150;
    const started: number[] = [];
    let isResting = false;
    let between = 0;
    const step = defineJob<Payload>({
      kind: 'step',
      payload: Payload,
      maxAttempts: 1,
      isStep: true,
      perform: async () => {
        started.push(performance.now());
        isResting = false;
        await new Promise((resolve) => setTimeout(resolve, stepMs));
        isResting = true;
      },
    });
    const other = defineJob<Payload>({
      kind: 'other',
      payload: Payload,
      maxAttempts: 1,
      perform: () => Promise.resolve(void (between += isResting ? 1 : 0)),
    });
    await enqueue('step', 3);
    const worker = start(step, 0, { kinds: [step as JobKind, other as JobKind], concurrency: 1 });
    await waitUntil('the first step is over', () => isResting);
    await enqueue('other', 20);
    worker.wake();
    await waitUntil('all is done', async () => (await countJobs()) === 0);
    expect(between).toBeGreaterThan(0);
    for (const [index, at] of started.entries()) {
      if (index > 0) expect(at - (started[index - 1] ?? 0)).toBeGreaterThan(2 * stepMs - 20);
    }
  });

  test('a worker that stops hands over what it cannot finish: the other node has it at once', async () => {
    const seen: number[] = [];
    const kind = (perform: () => Promise<void>) =>
      defineJob<Payload>({ kind: 'handed', payload: Payload, maxAttempts: 1, perform });
    const stopping = start(
      kind(() => {
        seen.push(0);
        return new Promise(() => undefined);
      }),
    );
    await enqueue('handed', 1);
    await waitUntil('the first worker has it', () => seen.length === 1);
    await stopping.stop(10);
    start(
      kind(() => {
        seen.push(1);
        return Promise.resolve();
      }),
      1,
    );
    await waitUntil('the second has done it', async () => (await countJobs()) === 0);
    expect(seen).toEqual([0, 1]);
  });

  test('a job that always fails is tried with growing pauses, then kept as dead until somebody revives it', async () => {
    let isBroken = true;
    let tries = 0;
    const kind = defineJob<Payload>({
      kind: 'failing',
      payload: Payload,
      maxAttempts: 3,
      run: () => {
        tries += 1;
        return isBroken ? Promise.reject(new Error('no luck')) : Promise.resolve();
      },
    });
    await enqueue('failing', 1);
    start(kind);
    const id = 'job_failing_0';
    for (const [attempt, atLeastS, atMostS] of [
      [1, 4, 6],
      [2, 8, 12],
    ] as const) {
      await waitUntil(
        'the attempt is recorded',
        async () => (await job(id)).last_error !== null && tries === attempt,
      );
      await waitUntil(
        'it is postponed',
        async () => Date.parse((await job(id)).run_at) > server.clock.now().getTime(),
      );
      const pauseS = (Date.parse((await job(id)).run_at) - server.clock.now().getTime()) / 1_000;
      expect(pauseS).toBeGreaterThan(atLeastS - 1);
      expect(pauseS).toBeLessThanOrEqual(atMostS);
      server.clock.setOffset(server.clock.offsetMs + 60_000);
    }
    await waitUntil('it is dead', async () => (await job(id)).state === 'dead');
    expect(tries).toBe(3);
    const { body } = await server.install.get('/management/jobs/dead');
    expect(body.data).toMatchObject([{ id, kind: 'failing', attempts: 3, last_error: 'no luck' }]);
    isBroken = false;
    expect((await server.install.post(`/management/jobs/${id}/retry`)).body).toEqual({ retried: 1 });
    await waitUntil('it is done', async () => (await countJobs()) === 0);
    server.clock.setOffset(0);
  });
});

describe('the pause before the next try', () => {
  test('doubles from five seconds to an hour', () => {
    const pauses = Array.from({ length: 12 }, (_, index) => backoffSeconds(index + 1, 0.5));
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
  });

  test('is spread by at most a fifth either way, for any attempt', () => {
    assert(
      property(
        integer({ min: 1, max: 1_000 }),
        double({ min: 0, max: 1, noNaN: true }),
        (attempt, spread) => {
          const middle = backoffSeconds(attempt, 0.5);
          const pause = backoffSeconds(attempt, spread);
          expect(pause).toBeGreaterThanOrEqual(middle * 0.799);
          expect(pause).toBeLessThanOrEqual(middle * 1.201);
          expect(backoffSeconds(attempt + 1, 0.5)).toBeGreaterThanOrEqual(middle);
        },
      ),
    );
  });
});
