import { describe, expect, test } from 'vitest';

import { readVectors } from '../protocols/password/hash-formats/vectors/read-vectors.ts';
import { importHash } from '../protocols/password/index.ts';
import { createPasswordHasher } from './password-hashing.ts';

const hasher = createPasswordHasher();

const importVector = (type: string): { stored: string; password: string } => {
  const vector = readVectors().find((candidate) => candidate.type === type);
  if (!vector) throw new Error(`There is no vector of ${type}.`);
  const stored = importHash(vector);
  if (!stored.ok) throw new Error(stored.error.message);
  return { stored: stored.value, password: vector.password };
};

describe('our own hashes', () => {
  test('are argon2id with 19 MiB, two passes and one lane, salted each time', async () => {
    const first = await hasher.hash('nine zebras');
    const second = await hasher.hash('nine zebras');
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await hasher.verify(first, 'nine zebras')).toEqual({ isMatch: true, needsRehash: false });
    expect(await hasher.verify(first, 'nine zebra')).toEqual({ isMatch: false, needsRehash: false });
    expect(await hasher.verify(first, '')).toEqual({ isMatch: false, needsRehash: false });
  });

  test('are the same for every Unicode form of a password (threat P-04)', async () => {
    const composed = await hasher.hash('Caf\u00e9-1999');
    const decomposed = await hasher.hash('Cafe\u0301-1999');
    for (const stored of [composed, decomposed]) {
      expect((await hasher.verify(stored, 'Caf\u00e9-1999')).isMatch).toBe(true);
      expect((await hasher.verify(stored, 'Cafe\u0301-1999')).isMatch).toBe(true);
      expect((await hasher.verify(stored, 'Cafe-1999')).isMatch).toBe(false);
    }
  });

  test('depend on every byte: a NUL, the 73rd byte, the last of 1,024 (threat P-04)', async () => {
    const pairs = [
      ['a\0b', 'a\0c'],
      ['a\0', 'a'],
      [`${'x'.repeat(72)}y`, `${'x'.repeat(72)}z`],
      [`${'x'.repeat(1_023)}y`, `${'x'.repeat(1_023)}z`],
    ] as const;
    for (const [password, twin] of pairs) {
      const stored = await hasher.hash(password);
      expect((await hasher.verify(stored, password)).isMatch).toBe(true);
      expect((await hasher.verify(stored, twin)).isMatch).toBe(false);
    }
  });

  test('with other parameters still match, and are to be replaced', async () => {
    const stored = importVector('argon2').stored.slice('argon2:'.length);
    const { password } = importVector('argon2');
    expect(await hasher.verify(stored, password)).toEqual({ isMatch: true, needsRehash: true });
    expect(await hasher.verify(stored, `${password}!`)).toEqual({ isMatch: false, needsRehash: false });
  });
});

describe('imported hashes', () => {
  test.each(['bcrypt', 'scrypt', 'firebase-scrypt', 'ssha', 'ssha256', 'pbkdf2', 'argon2'])(
    '%s matches once and is then to be replaced',
    async (type) => {
      const { stored, password } = importVector(type);
      expect(await hasher.verify(stored, password)).toEqual({ isMatch: true, needsRehash: true });
      expect(await hasher.verify(stored, `${password}!`)).toEqual({ isMatch: false, needsRehash: false });
    },
  );
});

describe('a password of more than 1,024 bytes', () => {
  const long = 'a'.repeat(1_000_000);

  test('is never hashed (threat P-04)', async () => {
    await expect(hasher.hash(long)).rejects.toThrow(RangeError);
    await expect(hasher.hash('a'.repeat(1_025))).rejects.toThrow(RangeError);
  });

  test('never matches, and costs nothing, for a user or for nobody', async () => {
    const stored = await hasher.hash('nine zebras');
    const full = createPasswordHasher({ concurrency: 1, queueLimit: 0 });
    const running = full.verifyAgainstNothing('x');
    expect(await full.verify(stored, long)).toEqual({ isMatch: false, needsRehash: false });
    await full.verifyAgainstNothing(long);
    await running;
  });
});

test('whoever finds the queue full is refused, and nobody else', async () => {
  const { hash, verifyAgainstNothing } = createPasswordHasher({ concurrency: 2, queueLimit: 3 });
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => hash('x')));
  expect(results.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => 'fulfilled'),
    ...Array.from({ length: 3 }, () => 'rejected'),
  ]);
  await verifyAgainstNothing('x');
});

test('a damaged row is a failure, not a wrong password, and takes no turn', async () => {
  const { verify, verifyAgainstNothing } = createPasswordHasher({ concurrency: 1, queueLimit: 0 });
  await expect(verify('damaged', 'x')).rejects.toThrow(/stored password hash/);
  await verifyAgainstNothing('x');
});
