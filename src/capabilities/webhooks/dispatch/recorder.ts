import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import { type FailingEndpoint, type Health, type Outcome, recordHealth, recordOutcomes } from './store.ts';

export interface RecorderOptions {
  database: Database;
  clock: Clock;
  log: Log;
  /** Told of endpoints that do nothing but fail. */
  onFailing(endpoints: readonly FailingEndpoint[]): Promise<void>;
}

const mostAtOnce = 200;
const retryMs = 500;

/** Writes outcomes of deliveries together: while one statement runs, the next ones gather. */
export class Recorder {
  private waiting: { outcome: Outcome; health: Health | null; onRecorded: () => void }[] = [];
  private isRunning = false;
  private isGivenUp = false;
  private whenIdle: (() => void)[] = [];

  constructor(private readonly options: RecorderOptions) {}

  /** Resolves once the outcome is written; `health` is null for what says nothing about the endpoint. */
  record(outcome: Outcome, health: Health | null): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ outcome, health, onRecorded: resolve });
      if (!this.isRunning) void this.drain();
    });
  }

  /** Resolves once everything is written. */
  idle(): Promise<void> {
    if (!this.isRunning) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  /** Ends the tries to write what the database does not take: leases run out. */
  giveUp(): void {
    this.isGivenUp = true;
  }

  private async drain(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0 && !this.isGivenUp) {
      const batch = this.waiting.slice(0, mostAtOnce);
      try {
        await this.write(batch);
        this.waiting.splice(0, batch.length);
        for (const { onRecorded } of batch) onRecorded();
      } catch (error) {
        this.options.log.warn({ err: error }, 'webhook outcomes not recorded');
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    this.isRunning = false;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  private async write(batch: readonly { outcome: Outcome; health: Health | null }[]): Promise<void> {
    const { database, clock, onFailing } = this.options;
    const now = clock.now();
    await recordOutcomes(database, { outcomes: batch.map(({ outcome }) => outcome), now });
    // The newest of each: an endpoint that answers is well, whatever it failed before.
    const told = batch.flatMap(({ health }) => health ?? []);
    const healths = new Map(told.map((health) => [health.endpointId, health]));
    const noted = await recordHealth(database, [...healths.values()], now);
    const failing = noted.filter(({ failing_since }) => failing_since !== null);
    if (failing.length > 0) await onFailing(failing);
  }
}
