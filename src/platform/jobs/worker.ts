import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Environment, Scope } from '../scope.ts';
import { system } from '../scope.ts';
import { createScope, inTransaction } from '../transaction.ts';
import { type JobKind, PermanentFailure, backoffSeconds } from './jobs.ts';
import {
  type ClaimedJob,
  buryJob,
  claimJobs,
  deleteJob,
  extendLeases,
  insertJobs,
  postponeJob,
  releaseJobs,
} from './store.ts';

export interface WorkerOptions {
  database: Database;
  clock: Clock;
  log: Log;
  kinds: readonly JobKind[];
  /** As it is now, not as it is remembered: the jobs of an environment that there is not are dropped. */
  findEnvironment(id: string): Promise<Environment | null>;
  concurrency?: number;
  leaseSeconds?: number;
  pollMs?: number;
  onEnd?(kind: string, outcome: 'done' | 'failed' | 'dead'): void;
}

export interface Worker {
  /** Looks for work now instead of at the next poll. */
  wake(): void;
  /** Takes no more jobs, waits up to `graceMs` for running ones, hands the rest over. */
  stop(graceMs: number): Promise<void>;
}

/** Starts the queue's consumer in this process. Any number of processes and nodes may run one. */
export function startWorker(options: WorkerOptions): Worker {
  const worker = new JobWorker(options);
  worker.start();
  return worker;
}

class JobWorker implements Worker {
  private readonly kinds: ReadonlyMap<string, JobKind>;
  private readonly leaseToken = randomUUID();
  private readonly running = new Map<string, Promise<void>>();
  /** How many of each kind run. */
  private readonly busy = new Map<string, number>();
  /** How many steps of each kind are being rested from. */
  private readonly resting = new Map<string, number>();
  private readonly concurrency: number;
  private readonly leaseSeconds: number;
  private readonly pollMs: number;
  private isStopping = false;
  private isWoken = false;
  private interrupt: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly options: WorkerOptions) {
    this.kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.concurrency = options.concurrency ?? 8;
    this.leaseSeconds = options.leaseSeconds ?? 30;
    this.pollMs = options.pollMs ?? 1_000;
  }

  start(): void {
    this.loop = this.consume();
    const beat = () => {
      if (this.running.size === 0) return;
      extendLeases(this.options.database, this.leaseToken, this.leaseSeconds).catch((error: unknown) =>
        this.options.log.warn({ err: error }, 'job leases not extended'),
      );
    };
    this.heartbeat = setInterval(beat, (this.leaseSeconds * 1_000) / 3);
    this.heartbeat.unref();
  }

  wake(): void {
    this.isWoken = true;
    this.interrupt();
  }

  async stop(graceMs: number): Promise<void> {
    this.isStopping = true;
    this.interrupt();
    await this.loop;
    const grace = new Promise<void>((resolve) => {
      setTimeout(resolve, graceMs).unref();
    });
    await Promise.race([Promise.allSettled(this.running.values()), grace]);
    clearInterval(this.heartbeat);
    await releaseJobs(this.options.database, this.leaseToken).catch(() => undefined);
  }

  private async consume(): Promise<void> {
    let isScheduled = false;
    while (!this.isStopping) {
      this.isWoken = false;
      try {
        if (!isScheduled) await this.scheduleRecurring();
        isScheduled = true;
        const taken = await this.takeJobs();
        if (taken > 0 && this.running.size < this.concurrency) continue;
      } catch (error) {
        this.options.log.warn({ err: error }, 'job queue not reachable');
      }
      await this.pause();
    }
  }

  private async scheduleRecurring(): Promise<void> {
    const now = this.options.clock.now();
    const recurring = this.options.kinds.filter((kind) => kind.everySeconds !== undefined);
    if (recurring.length === 0) return;
    const jobs = recurring.map((kind) => ({
      id: `job_recurring_${kind.kind}`,
      environment_id: null,
      kind: kind.kind,
      payload: {},
      run_at: now,
      max_attempts: kind.maxAttempts,
      dedupe_key: `recurring:${kind.kind}`,
    }));
    await insertJobs(this.options.database, jobs);
  }

  /** Takes jobs and starts them; kinds with a limit of their own each for itself. @returns how many */
  private async takeJobs(): Promise<number> {
    const kinds = [...this.kinds.values()].filter(({ kind }) => (this.resting.get(kind) ?? 0) === 0);
    const unlimited = kinds.filter(({ maxConcurrent }) => maxConcurrent === undefined);
    let taken = await this.startClaimed(unlimited, this.concurrency);
    for (const kind of kinds) {
      if (kind.maxConcurrent === undefined) continue;
      taken += await this.startClaimed([kind], kind.maxConcurrent - (this.busy.get(kind.kind) ?? 0));
    }
    return taken;
  }

  private async startClaimed(kinds: readonly JobKind[], most: number): Promise<number> {
    const claimed = await this.claimOf(kinds, most);
    for (const job of claimed) this.track(job);
    return claimed.length;
  }

  private claimOf(kinds: readonly JobKind[], most: number): Promise<ClaimedJob[]> {
    const limit = Math.min(most, this.concurrency - this.running.size);
    if (limit <= 0 || kinds.length === 0) return Promise.resolve([]);
    return claimJobs(this.options.database, {
      kinds: kinds.map(({ kind }) => kind),
      now: this.options.clock.now(),
      leaseSeconds: this.leaseSeconds,
      leaseToken: this.leaseToken,
      limit,
      except: [...this.running.keys()],
    });
  }

  private track(job: ClaimedJob): void {
    const count = (change: 1 | -1) => this.busy.set(job.kind, (this.busy.get(job.kind) ?? 0) + change);
    const startedAt = performance.now();
    const end = () => {
      this.running.delete(job.id);
      count(-1);
      if (this.kinds.get(job.kind)?.isStep === true) this.rest(job.kind, performance.now() - startedAt);
      this.wake();
    };
    count(1);
    this.running.set(job.id, this.process(job).finally(end));
  }

  private rest(kind: string, ms: number): void {
    const count = (change: 1 | -1) => this.resting.set(kind, (this.resting.get(kind) ?? 0) + change);
    const wakeUp = () => {
      count(-1);
      this.wake();
    };
    count(1);
    setTimeout(wakeUp, ms).unref();
  }

  private pause(): Promise<void> {
    if (this.isWoken || this.isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.pollMs);
      this.interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async process(job: ClaimedJob): Promise<void> {
    const kind = this.kinds.get(job.kind);
    if (!kind) return;
    try {
      await this.execute(kind, job);
      this.options.onEnd?.(kind.kind, 'done');
    } catch (error) {
      await this.fail(kind, job, error).catch((failure: unknown) =>
        this.options.log.warn(
          { err: failure, job: job.id },
          'job outcome not recorded; its lease will run out',
        ),
      );
    }
  }

  private async execute(kind: JobKind, job: ClaimedJob): Promise<void> {
    const { clock, database } = this.options;
    const startedAt = clock.now();
    const payload = kind.payload.parse(job.payload);
    if (kind.run) {
      const scope = await this.scopeOf(job);
      if (scope === null) return void (await deleteJob(database, job.id, this.leaseToken));
      await inTransaction(database, scope, async (tx) => {
        if (kind.everySeconds === undefined && (await deleteJob(tx, job.id, this.leaseToken)) === 0) return;
        await kind.run?.(tx, payload);
      });
    } else {
      await kind.perform?.(payload, {
        jobId: job.id,
        environmentId: job.environment_id,
        attempt: job.attempts,
        isLastAttempt: job.attempts >= job.max_attempts,
      });
      if (kind.everySeconds === undefined) await deleteJob(database, job.id, this.leaseToken);
    }
    if (kind.everySeconds === undefined) return;
    // From its start: what happened while it ran is not later than one interval.
    await this.postpone(job, { from: startedAt, delaySeconds: kind.everySeconds, error: null, attempts: 0 });
  }

  /** Null for a job of an environment that was deleted meanwhile, and all that the job is about with it. */
  private async scopeOf(job: ClaimedJob): Promise<Scope | null> {
    const { clock, findEnvironment } = this.options;
    const environment = job.environment_id === null ? null : await findEnvironment(job.environment_id);
    if (job.environment_id !== null && environment === null) return null;
    return createScope({ environment, principal: system, requestId: job.id, now: clock.now() });
  }

  private async fail(kind: JobKind, job: ClaimedJob, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    this.options.log.warn({ err: error, job: job.id, kind: kind.kind, attempt: job.attempts }, 'job failed');
    const isOver = error instanceof PermanentFailure || job.attempts >= job.max_attempts;
    if (kind.everySeconds === undefined && isOver) {
      await buryJob(this.options.database, job.id, this.leaseToken, message);
      this.options.onEnd?.(kind.kind, 'dead');
      return;
    }
    const spread = randomInt(1_000_000) / 1_000_000;
    await this.postpone(job, {
      from: this.options.clock.now(),
      delaySeconds: backoffSeconds(job.attempts, spread),
      error: message,
      attempts: job.attempts,
    });
    this.options.onEnd?.(kind.kind, 'failed');
  }

  private async postpone(
    job: ClaimedJob,
    next: { from: Date; delaySeconds: number; error: string | null; attempts: number },
  ): Promise<void> {
    await postponeJob(this.options.database, {
      id: job.id,
      leaseToken: this.leaseToken,
      runAt: new Date(next.from.getTime() + next.delaySeconds * 1_000),
      error: next.error,
      attempts: next.attempts,
    });
  }
}
