import { setTimeout as sleep } from 'node:timers/promises';
import { together } from '../../../lib/together.ts';
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

/** What a delivery came to. */
export interface DeliveryNote {
  outcome: Outcome;
  /** Null for what says nothing about the endpoint. */
  health: Health | null;
}

/** Writes what deliveries came to, until it is told to give up. */
export interface Recorder {
  /** Resolves once the note is written; rejects when it has been given up. */
  record(note: DeliveryNote): Promise<void>;
  /** Ends the tries to write what the database does not take: leases run out. */
  giveUp(): void;
}

/** One at a time: of two notes of an endpoint, the newer one is written last. */
const gathering = { atOnce: 1, most: 200 };
const retryMs = 500;

/** Makes a recorder: notes that come while one statement runs are written by the next. */
export function createRecorder(options: RecorderOptions): Recorder {
  let isGivenUp = false;
  const record = together(gathering, async (notes: readonly DeliveryNote[]) => {
    for (;;) {
      try {
        await write(options, notes);
        return notes.map(() => undefined);
      } catch (error) {
        if (isGivenUp) throw error;
        options.log.warn({ err: error }, 'webhook outcomes not recorded');
        await sleep(retryMs);
      }
    }
  });
  return { record, giveUp: () => (isGivenUp = true) };
}

async function write(
  { database, clock, onFailing }: RecorderOptions,
  notes: readonly DeliveryNote[],
): Promise<void> {
  const now = clock.now();
  await recordOutcomes(database, { outcomes: notes.map(({ outcome }) => outcome), now });
  // The newest of each: an endpoint that answers is well, whatever it failed before.
  const told = notes.flatMap(({ health }) => health ?? []);
  const healths = new Map(told.map((health) => [health.endpointId, health]));
  const noted = await recordHealth(database, [...healths.values()], now);
  const failing = noted.filter(({ failing_since }) => failing_since !== null);
  if (failing.length > 0) await onFailing(failing);
}
