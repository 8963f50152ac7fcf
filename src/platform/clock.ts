/** Business time. Leases and locks use the database's own clock; everything a person can see uses this one. */
export interface Clock {
  /** The present moment, in whole milliseconds. */
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs `offsetMs` beside the machine's: the development clock. */
export interface AdjustableClock extends Clock {
  readonly offsetMs: number;
  setOffset(offsetMs: number): void;
}

/** Makes a clock whose offset can be set while it runs. */
export function createAdjustableClock(): AdjustableClock {
  let offsetMs = 0;
  return {
    get offsetMs() {
      return offsetMs;
    },
    now: () => new Date(Date.now() + offsetMs),
    setOffset(value) {
      offsetMs = value;
    },
  };
}
