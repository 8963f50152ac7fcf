import type { EnvironmentKind } from '../../../platform/scope.ts';

const minute = 60;
const hour = 3_600;

/** Seconds from one try to the next (spec/enterprise 8.3). Afterwards a delivery has failed. */
export const retryDelays: Readonly<Record<EnvironmentKind, readonly number[]>> = {
  production: [minute, 10 * minute, hour, 6 * hour, 20 * hour, 44 * hour],
  sandbox: [10, 30, minute, 2 * minute],
};

/** What a receiver may ask for at most by Retry-After. */
const longestWait: Readonly<Record<EnvironmentKind, number>> = {
  production: 24 * hour,
  sandbox: 10 * minute,
};

/**
 * Seconds until the next try, or null when the one that failed was the last. Up to a tenth is added, so that what failed
 * together does not return together.
 * @param tries how many there have been, the failed one included
 * @param options.retryAfterSeconds what the receiver asked for, or null
 * @param options.spread a random number from 0 to 1
 */
export function retryDelaySeconds(
  kind: EnvironmentKind,
  tries: number,
  { retryAfterSeconds, spread }: { retryAfterSeconds: number | null; spread: number },
): number | null {
  const planned = retryDelays[kind][tries - 1];
  if (planned === undefined) return null;
  const asked = Math.min(retryAfterSeconds ?? 0, longestWait[kind]);
  return Math.max(planned, asked) * (1 + spread / 10);
}

/** Reads Retry-After: seconds, or a date (RFC 9110 10.2.3). Null for anything else. */
export function readRetryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value);
  // Date.parse takes much that is no date of HTTP.
  const moment = /^\w{3}, .* GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(moment) ? null : Math.max(0, Math.ceil((moment - now.getTime()) / 1_000));
}
