import type { AdjustableClock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/database.ts';
import { invalidField } from '../../platform/errors.ts';
import { maintainEventPartitions } from '../../platform/events/partitions.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { ClockReading, SetClock } from './contract.ts';
import { readClockOffset, writeClockOffset } from './store.ts';

const pollMs = 500;
const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2200, 0);

export const readClock = (clock: AdjustableClock): ClockReading => ({
  now: clock.now().toISOString(),
  offset_ms: clock.offsetMs,
});

/** Moves the clock of every process of the installation; this one at once, the others within half a second. */
export async function setClock(tx: Tx, clock: AdjustableClock, input: SetClock): Promise<ClockReading> {
  const offsetMs = wantedOffset(clock, input);
  const moment = clock.now().getTime() - clock.offsetMs + offsetMs;
  if (moment < earliest || moment > latest) {
    throw invalidField('now', 'out_of_range', 'The clock can be set to the years 2000 to 2199.');
  }
  await maintainEventPartitions(tx, new Date(moment));
  await writeClockOffset(tx, offsetMs);
  clock.setOffset(offsetMs);
  return readClock(clock);
}

function wantedOffset(clock: AdjustableClock, input: SetClock): number {
  if ('reset' in input) return 0;
  if ('now' in input) return Date.parse(input.now) - (clock.now().getTime() - clock.offsetMs);
  return clock.offsetMs + input.advance_seconds * 1_000;
}

/** Keeps this process's clock at the offset that the database holds. @returns a function that stops it */
export async function followClock(db: Db, clock: AdjustableClock): Promise<() => void> {
  clock.setOffset(await readClockOffset(db));
  const timer = setInterval(() => {
    readClockOffset(db).then(
      (offsetMs) => clock.setOffset(offsetMs),
      () => undefined,
    );
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}
