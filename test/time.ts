import type { AdjustableClock } from '../src/platform/clock.ts';

/** The same time of day, some days later. */
export function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * 86_400_000);
}

/** Moves a clock on. */
export function advance(clock: AdjustableClock, ms: number): void {
  clock.setOffset(clock.offsetMs + ms);
}
