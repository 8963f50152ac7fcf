import { randomInt, randomUUID } from 'node:crypto';
import { createIdSequence } from '../../../lib/id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Encryption } from '../../../platform/encryption.ts';
import type { Log } from '../../../platform/log.ts';
import type { OutboundFetch } from '../../../platform/outbound-fetch/index.ts';
import { randomSeed } from '../../../platform/random.ts';
import { type Recorder, createRecorder } from './recorder.ts';
import { retryDelaySeconds } from './schedule.ts';
import { type Sent, sendDelivery, writeBody } from './send.ts';
import {
  type ClaimedDelivery,
  type FailingEndpoint,
  claimDeliveries,
  listDueEndpoints,
  releaseDeliveries,
} from './store.ts';
import { Windows } from './windows.ts';

export interface DispatcherOptions {
  database: Database;
  clock: Clock;
  log: Log;
  encryption: Encryption;
  outbound: OutboundFetch;
  onAttempt(outcome: 'delivered' | 'retried' | 'failed'): void;
  onFailing(endpoints: readonly FailingEndpoint[]): Promise<void>;
}

/** Deliveries that one statement takes, so that memory stays flat whatever waits. */
const mostClaimed = 64;
/** Bodies on their way together; nothing more is taken beyond. */
const mostBytes = 32 * 1_024 * 1_024;
const mostDueEndpoints = 1_000;

/**
 * Sends what is due. Endpoints that have work take turns, each within its window; what a claim did not empty is asked
 * again as soon as places are free.
 */
export class Dispatcher {
  /** What the tokens of its leases begin with; each claim has its own. */
  private readonly holder = randomUUID();
  private claims = 0;
  private readonly windows = new Windows();
  private readonly recorder: Recorder;
  /** Endpoints that may have something due, those that waited longest first. */
  private readonly ready = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private bytes = 0;
  private isClaiming = false;
  private isStopping = false;

  constructor(private readonly options: DispatcherOptions) {
    this.recorder = createRecorder(options);
  }

  /** Says that these endpoints may have something to be sent. */
  wake(endpointIds: Iterable<string>): void {
    for (const id of endpointIds) this.ready.add(id);
    void this.claim();
  }

  /** Looks in the database for what is due: retries, and what other processes queued. */
  async sweep(): Promise<void> {
    this.windows.prune();
    const { database, clock } = this.options;
    this.wake(await listDueEndpoints(database, clock.now(), mostDueEndpoints));
  }

  /** Takes nothing more, waits up to `graceMs` for what is on its way, hands over the rest. */
  async stop(graceMs: number): Promise<void> {
    this.isStopping = true;
    const grace = new Promise<void>((resolve) => {
      setTimeout(resolve, graceMs).unref();
    });
    await Promise.race([Promise.allSettled(this.running), grace]);
    this.recorder.giveUp();
    await releaseDeliveries(this.options.database, this.holder).catch(() => undefined);
  }

  /** One claim at a time; while there is room and work, again. */
  private async claim(): Promise<void> {
    if (this.isClaiming) return;
    this.isClaiming = true;
    try {
      for (let turn = this.nextTurn(); turn.size > 0; turn = this.nextTurn()) await this.take(turn);
    } catch (error) {
      // The next sweep finds what is due.
      this.options.log.warn({ err: error }, 'webhook deliveries not claimed');
    } finally {
      this.isClaiming = false;
    }
  }

  /** How many each endpoint may have of the next claim: all of them some, before one has many. */
  private nextTurn(): Map<string, number> {
    const turn = new Map<string, number>();
    if (this.isStopping || this.bytes >= mostBytes) return turn;
    const asking = [...this.ready].filter((id) => this.windows.isWorthAsking(id)).slice(0, mostClaimed);
    let left = mostClaimed;
    for (const [index, id] of asking.entries()) {
      const share = Math.ceil(left / (asking.length - index));
      const room = Math.min(this.windows.room(id), share);
      if (room > 0) turn.set(id, room);
      left -= room;
    }
    return turn;
  }

  private async take(turn: ReadonlyMap<string, number>): Promise<void> {
    // Out while the statement runs: what is told meanwhile is asked again. Those with more go to the end.
    for (const id of turn.keys()) this.ready.delete(id);
    const claimed = await claimDeliveries(this.options.database, {
      endpointIds: [...turn.keys()],
      rooms: [...turn.values()],
      now: this.options.clock.now(),
      leaseToken: `${this.holder}:${(this.claims += 1)}`,
    });
    const counts = new Map<string, number>();
    for (const delivery of claimed) {
      counts.set(delivery.endpoint_id, (counts.get(delivery.endpoint_id) ?? 0) + 1);
      this.start(delivery);
    }
    for (const [id, room] of turn) if (counts.get(id) === room) this.ready.add(id);
  }

  private start(delivery: ClaimedDelivery): void {
    const body = writeBody(delivery);
    const bytes = body?.length ?? 0;
    this.windows.start(delivery.endpoint_id);
    this.bytes += bytes;
    const work = this.deliver(delivery, body)
      .catch((error: unknown) =>
        this.options.log.error({ err: error, delivery: delivery.id }, 'webhook delivery broke off'),
      )
      .finally(() => {
        this.bytes -= bytes;
        this.running.delete(work);
        if (this.ready.size > 0) void this.claim();
      });
    this.running.add(work);
  }

  private async deliver(delivery: ClaimedDelivery, body: string | null): Promise<void> {
    const { clock, onAttempt } = this.options;
    const newId = createIdSequence(clock.now().getTime(), randomSeed());
    let sent: Sent | null = null;
    try {
      sent = await sendDelivery({ ...this.options, newId }, delivery, body);
    } finally {
      const isGone = sent?.isGone ?? false;
      this.windows.end(delivery.endpoint_id, isGone ? null : (sent?.isSuccess ?? false));
      if (this.ready.size > 0) void this.claim();
    }
    const { isSuccess, isGone, attempts, retryAfterSeconds } = sent;
    const delay =
      isSuccess || isGone
        ? null
        : retryDelaySeconds(delivery.environment_kind, delivery.tries + 1, {
            retryAfterSeconds,
            spread: randomInt(1_000_000) / 1_000_000,
          });
    const dueAt = delay === null ? null : new Date(clock.now().getTime() + delay * 1_000);
    const ended = isSuccess ? 'delivered' : 'failed';
    onAttempt(dueAt ? 'retried' : ended);
    const state = dueAt ? 'pending' : ended;
    await this.recorder.record({
      outcome: { id: delivery.id, leaseToken: delivery.lease_token, state, dueAt, attempts },
      health: isGone ? null : { endpointId: delivery.endpoint_id, isSuccess },
    });
  }
}
