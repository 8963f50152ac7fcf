import { rateLimited } from './errors.ts';
import type { RateLimit } from './operation.ts';

/** Counts requests per bucket and window, in this process (documented: N workers allow N times as many). */
export interface RateLimiter {
  /** @throws ApiError 429 with the seconds until the window ends */
  consume(limit: RateLimit, key: string): void;
}

interface Window {
  endsAtMs: number;
  count: number;
}

const largestMap = 100_000;

/**
 * Makes the limiter. A window opens with the first request of its bucket and closes after `windowSeconds`.
 * @param factor multiplies every limit; 0 switches limits off (development only)
 * @param monotonicMs a clock that never goes back
 */
export function createRateLimiter(factor: number, monotonicMs: () => number): RateLimiter {
  if (factor === 0) return { consume: () => undefined };
  const windows = new Map<string, Window>();
  const openWindow = (bucket: string, nowMs: number, limit: RateLimit): Window => {
    if (windows.size >= largestMap) forgetClosed(windows, nowMs);
    const opened = { endsAtMs: nowMs + limit.windowSeconds * 1_000, count: 0 };
    windows.set(bucket, opened);
    return opened;
  };
  return {
    consume(limit, key) {
      const nowMs = monotonicMs();
      const bucket = `${limit.name}\n${key}`;
      const found = windows.get(bucket);
      const window = found && found.endsAtMs > nowMs ? found : openWindow(bucket, nowMs, limit);
      if (window.count >= limit.limit * factor) {
        throw rateLimited(Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1_000)));
      }
      window.count += 1;
    },
  };
}

function forgetClosed(windows: Map<string, Window>, nowMs: number): void {
  for (const [bucket, window] of windows) if (window.endsAtMs <= nowMs) windows.delete(bucket);
  // Still full: the oldest go, so that a flood of addresses costs a bounded amount of memory. Many at once, because
  // finding the closed ones passes over all of them.
  for (const bucket of windows.keys()) {
    if (windows.size < largestMap * 0.8) break;
    windows.delete(bucket);
  }
}
