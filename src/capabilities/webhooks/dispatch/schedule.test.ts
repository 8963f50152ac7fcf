import { expect, test } from 'vitest';
import { readRetryAfter, retryDelaySeconds } from './schedule.ts';

const exactly = { retryAfterSeconds: null, spread: 0 };

test('production retries six times over three days, a sandbox four times over minutes', () => {
  const delays = (kind: 'production' | 'sandbox') =>
    [1, 2, 3, 4, 5, 6, 7].map((tries) => retryDelaySeconds(kind, tries, exactly));
  expect(delays('production')).toEqual([60, 600, 3_600, 21_600, 72_000, 158_400, null]);
  expect(delays('sandbox')).toEqual([10, 30, 60, 120, null, null, null]);
});

test('up to a tenth is added', () => {
  expect(retryDelaySeconds('production', 1, { ...exactly, spread: 1 })).toBeCloseTo(66);
});

test('Retry-After lengthens a wait, within bounds, and never shortens one or adds a try', () => {
  const asked = (retryAfterSeconds: number) => ({ retryAfterSeconds, spread: 0 });
  expect(retryDelaySeconds('production', 1, asked(120))).toBe(120);
  expect(retryDelaySeconds('production', 1, asked(1))).toBe(60);
  expect(retryDelaySeconds('production', 1, asked(999_999))).toBe(86_400);
  expect(retryDelaySeconds('sandbox', 1, asked(999_999))).toBe(600);
  expect(retryDelaySeconds('sandbox', 5, asked(10))).toBeNull();
});

test.each([
  ['120', 120],
  [' 7 ', 7],
  ['Sun, 22 Nov 2026 12:01:00 GMT', 60],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['1e9', null],
  [undefined, null],
])('Retry-After %s is %s seconds', (value, seconds) => {
  expect(readRetryAfter(value, new Date('2026-11-22T12:00:00Z'))).toBe(seconds);
});
