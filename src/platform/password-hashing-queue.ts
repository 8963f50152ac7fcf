import { unavailable } from './errors.ts';

/** Runs a piece of work when its turn comes; rejects as the work does, or with `ApiError` 503 when too many wait. */
export type HashingQueue = <Value>(work: () => Promise<Value>) => Promise<Value>;

/**
 * Makes a queue that runs at most `concurrency` pieces of work at once, in the order of arrival, and lets at most
 * `queueLimit` wait. Whoever comes then is refused at once: an answer after half a minute helps nobody. Never throws.
 */
export function createHashingQueue(concurrency: number, queueLimit: number): HashingQueue {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < concurrency) running += 1;
    else if (waiting.length >= queueLimit) throw unavailable(`${waiting.length} password hashes are waiting`);
    // The turn is handed over, not given back: nobody who comes later can take it in between.
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
