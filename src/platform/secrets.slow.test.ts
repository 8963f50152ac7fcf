import { expect, test } from 'vitest';

import { makeApiKey, makeSecret, makeToken } from './secrets.ts';

test('a token has 25 letters and digits, and length follows from the entropy asked for', () => {
  expect(makeToken()).toMatch(/^[A-Za-z0-9]{25}$/);
  expect(makeToken(16)).toHaveLength(22);
  expect(makeToken(32)).toHaveLength(43);
});

test('keys and secrets show their kind and carry 256 bits', () => {
  expect(makeApiKey('test')).toMatch(/^sk_test_[A-Za-z0-9]{43}$/);
  expect(makeApiKey('live')).toMatch(/^sk_live_[A-Za-z0-9]{43}$/);
  expect(makeApiKey('admin')).toMatch(/^sk_admin_[A-Za-z0-9]{43}$/);
  expect(makeSecret('whsec_')).toMatch(/^whsec_[A-Za-z0-9]{43}$/);
});

test('100,000 tokens are all different', () => {
  expect(new Set(Array.from({ length: 100_000 }, () => makeToken())).size).toBe(100_000);
});

test('every character is equally likely', () => {
  const counts = new Map<string, number>();
  const total = 620_000;
  for (const character of makeToken(Math.floor((total * Math.log2(62)) / 8))) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(62);
  // 10,000 expected with a deviation of 100; a plain modulo would give the first eight letters 12,100.
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(700);
});
