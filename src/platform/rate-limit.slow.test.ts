import { expect, test } from 'vitest';
import type { ApiError } from './errors.ts';
import type { RateLimit } from './operation.ts';
import { createRateLimiter } from './rate-limit.ts';

const limit: RateLimit = { name: 'test', limit: 10, windowSeconds: 60, per: 'ip' };

function createLimiter(factor: number) {
  const clock = { nowMs: 1_000 };
  const limiter = createRateLimiter(factor, () => clock.nowMs);
  /** The seconds that a refusal names; null when the request may pass. */
  const consume = (key: string, of = limit): string | null => {
    try {
      limiter.consume(of, key);
      return null;
    } catch (error) {
      return (error as ApiError).headers['retry-after'] ?? 'none';
    }
  };
  return { clock, consume };
}

test('a window lets exactly its limit pass, then names the seconds until it ends, and begins anew', () => {
  const { clock, consume } = createLimiter(1);
  for (let window = 0; window < 3; window += 1) {
    for (let count = 0; count < 10; count += 1) expect(consume('a')).toBeNull();
    expect(consume('a')).toBe('60');
    clock.nowMs += 59_000;
    expect(consume('a')).toBe('1');
    clock.nowMs += 999;
    expect(consume('a')).toBe('1');
    clock.nowMs += 1;
  }
});

test('refused requests do not prolong the wait', () => {
  const { clock, consume } = createLimiter(1);
  for (let count = 0; count < 50; count += 1) consume('a');
  clock.nowMs += 60_000;
  expect(consume('a')).toBeNull();
});

test('callers and limits have windows of their own', () => {
  const { consume } = createLimiter(1);
  for (let count = 0; count < 11; count += 1) consume('a');
  expect(consume('b')).toBeNull();
  expect(consume('a', { ...limit, name: 'other' })).toBeNull();
  expect(consume('a')).not.toBeNull();
});

test('the factor multiplies every limit, and 0 switches them off', () => {
  const half = createLimiter(0.5);
  expect(Array.from({ length: 7 }, () => half.consume('a')).filter((wait) => wait === null)).toHaveLength(5);
  const off = createLimiter(0);
  expect(Array.from({ length: 100 }, () => off.consume('a')).every((wait) => wait === null)).toBe(true);
});

test('a flood of callers is forgotten in time and does not stop the limiter', () => {
  const { consume } = createLimiter(1);
  for (let caller = 0; caller < 150_000; caller += 1) expect(consume(`caller ${caller}`)).toBeNull();
  for (let count = 0; count < 10; count += 1) consume('late');
  expect(consume('late')).not.toBeNull();
});
