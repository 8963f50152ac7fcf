import { describe, expect, test } from 'vitest';

import { importHash, readStoredHash } from '../index.ts';
import { readVectors } from './vectors/read-vectors.ts';

/** Passwords that differ from `password` by as little as can be. */
const neighbours = (password: string): string[] => [
  `${password} `,
  password.slice(0, -1),
  password.toUpperCase(),
  `${password}\0`,
  `${password}\0x`,
  '',
];

describe('hashes that other programs made accept the right password and no other (threat P-06)', () => {
  test.each(readVectors())('$type $hash', async (vector) => {
    const stored = importHash(vector);
    if (!stored.ok) throw new Error(stored.error.message);
    const { isImported, isHashOf } = readStoredHash(stored.value);
    expect(isImported).toBe(true);
    expect(await isHashOf(vector.password)).toBe(true);
    const wrong = neighbours(vector.password).filter((password) => password !== vector.password);
    for (const password of wrong) expect(await isHashOf(password), JSON.stringify(password)).toBe(false);
  });
});
