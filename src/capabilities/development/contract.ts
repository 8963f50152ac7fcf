import { z } from 'zod';
import { Timestamp } from '../../platform/contract.ts';

export const ClockReading = z
  .strictObject({ now: Timestamp, offset_ms: z.int() })
  .meta({ id: 'ClockReading' });
export type ClockReading = z.infer<typeof ClockReading>;

const farthestSeconds = 10 * 366 * 86_400;

/** Exactly one of: a moment, a step, or the way back to the machine's time. */
export const SetClock = z.union([
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ advance_seconds: z.int().min(-farthestSeconds).max(farthestSeconds) }),
  z.strictObject({ reset: z.literal(true) }),
]);
export type SetClock = z.infer<typeof SetClock>;
