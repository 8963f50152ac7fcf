import assert from 'node:assert/strict';
import type { z } from 'zod';
import type { Tx } from '../transaction.ts';

export interface JobContext {
  readonly jobId: string;
  readonly environmentId: string | null;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly isLastAttempt: boolean;
}

/**
 * A kind of background work. `run` shares its transaction with the end of the job and so happens exactly once;
 * `perform` talks to the outside and happens at least once.
 */
export interface JobKind<Payload = unknown> {
  readonly kind: string;
  readonly payload: z.ZodType<Payload>;
  readonly maxAttempts: number;
  /** Repeats for ever, this long after each end. */
  readonly everySeconds?: number;
  /** How many a process runs at once, so that work which waits for others leaves places to the rest. */
  readonly maxConcurrent?: number;
  /** One step of many: after each, the kind rests in that process as long as the step took, so that others get on. */
  readonly isStep?: boolean;
  run?(tx: Tx, payload: Payload): Promise<void>;
  perform?(payload: Payload, context: JobContext): Promise<void>;
}

/** Declares a kind of job; exactly one of `run` and `perform`. */
export function defineJob<Payload>(kind: JobKind<Payload>): JobKind<Payload> {
  assert(kind.maxConcurrent === undefined || kind.maxConcurrent > 0, `job ${kind.kind}: maxConcurrent`);
  assert((kind.run === undefined) !== (kind.perform === undefined), `job ${kind.kind}: run or perform`);
  return kind;
}

/** Thrown by a job that would fail again and again: it is buried at once, whatever tries it has left. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure';
}

export interface EnqueueOptions {
  /** Business time; now by default. */
  runAt?: Date;
  dedupeKey?: string;
  /** False for work that belongs to the installation. */
  isOfEnvironment?: boolean;
}

/** Adds a job to the transaction: it exists if, and only if, the change does. */
export function enqueue<Payload extends object>(
  tx: Tx,
  kind: Pick<JobKind<Payload>, 'kind' | 'payload' | 'maxAttempts'>,
  payload: Payload,
  options: EnqueueOptions = {},
): void {
  tx.pending.jobs.push({
    id: tx.newId('job'),
    environment_id: options.isOfEnvironment === false ? null : tx.environmentId,
    kind: kind.kind,
    payload: kind.payload.parse(payload) as object,
    run_at: options.runAt ?? tx.now,
    max_attempts: kind.maxAttempts,
    dedupe_key: options.dedupeKey ?? null,
  });
}

const firstDelaySeconds = 5;
const longestDelaySeconds = 3_600;

/**
 * Seconds until the next try: doubling from 5 s to an hour, spread by a fifth either way so that what failed
 * together does not return together.
 * @param attempt 1 after the first failure
 * @param spread a random number from 0 to 1
 */
export function backoffSeconds(attempt: number, spread: number): number {
  const delay = Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** (attempt - 1));
  return delay * (0.8 + 0.4 * spread);
}
