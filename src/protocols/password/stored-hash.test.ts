import { describe, expect, test } from 'vitest';

import { readVectors } from './hash-formats/vectors/read-vectors.ts';
import {
  type HashImport,
  type StoredHash,
  importHash,
  isTooLong,
  passwordHashTypes,
  readStoredHash,
} from './index.ts';

const vectors = readVectors();

const store = (hash: HashImport): string => {
  const result = importHash(hash);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

/** The hash that another program made of this very password. */
const storedVector = (type: string, password: string): StoredHash => {
  const vector = vectors.find((candidate) => candidate.type === type && candidate.password === password);
  if (!vector) throw new Error(`There is no vector of ${type} for ${password}.`);
  return readStoredHash(store(vector));
};

// Every vector is tried in vectors.slow.test.ts.
describe('a hash of each format, made by another program', () => {
  test.each(passwordHashTypes)('%s', async (type) => {
    const stored = storedVector(type, 'Pässwörd-€-鍵-🔑');
    expect(await stored.isHashOf('Pässwörd-€-鍵-🔑')).toBe(true);
    expect(await stored.isHashOf('Passwörd-€-鍵-🔑')).toBe(false);
  });
});

describe('a password is never its own beginning (threat P-04)', () => {
  test('bcrypt refuses what it would cut at 72 bytes', async () => {
    const stored = storedVector('bcrypt', 'x'.repeat(72));
    expect(await stored.isHashOf('x'.repeat(72))).toBe(true);
    expect(await stored.isHashOf('x'.repeat(73))).toBe(false);
    expect(await stored.isHashOf(`${'x'.repeat(72)}yz`)).toBe(false);
    expect(await stored.isHashOf('x'.repeat(71))).toBe(false);
  });

  test.each(passwordHashTypes)('a NUL never matches a hash in %s', async (type) => {
    const stored = storedVector(type, 'p');
    expect(await stored.isHashOf('p\0')).toBe(false);
    expect(await stored.isHashOf('p\0q')).toBe(false);
  });
});

test('bits of bcrypt that belong to no byte do not matter', async () => {
  const { hash, password } = vectors.find(({ type, hash }) => type === 'bcrypt' && hash.includes('C.')) ?? {};
  if (!hash || !password) throw new Error('There is no vector of bcrypt.');
  const lastOfHash = String.fromCharCode(hash.charCodeAt(59) + 1);
  const twin = `${hash.slice(0, 28)}/${hash.slice(29, 59)}${lastOfHash}`;
  expect(await readStoredHash(store({ type: 'bcrypt', hash: twin })).isHashOf(password)).toBe(true);
  expect(await readStoredHash(store({ type: 'bcrypt', hash: twin })).isHashOf(`${password}!`)).toBe(false);
});

describe('Unicode twins (threat P-04)', () => {
  test('an imported hash matches as sent, whichever form that is', async () => {
    const decomposed = storedVector('ssha', 'Cafe\u0301-1999');
    expect(await decomposed.isHashOf('Cafe\u0301-1999')).toBe(true);
    // Nobody knows that the other product hashed this form, so the twin is refused.
    expect(await decomposed.isHashOf('Caf\u00e9-1999')).toBe(false);
  });

  test('an imported hash of the composed form matches the decomposed password', async () => {
    const composed = storedVector('ssha', 'Pässwörd-€-鍵-🔑');
    expect(await composed.isHashOf('Pässwörd-€-鍵-🔑'.normalize('NFD'))).toBe(true);
  });
});

describe('the cap is in bytes', () => {
  test.each([
    ['a'.repeat(1_024), false],
    ['a'.repeat(1_025), true],
    ['é'.repeat(512), false],
    ['é'.repeat(513), true],
    ['🔑'.repeat(256), false],
    [`${'🔑'.repeat(256)}a`, true],
    ['a'.repeat(1_000_000), true],
  ])('%#', (password, expected) => {
    expect(isTooLong(password)).toBe(expected);
  });
});

describe('what is stored', () => {
  const hash = `{SSHA256}${Buffer.alloc(40).toString('base64')}`;

  test('names the format and, if it is not the usual one, the position of the salt', () => {
    expect(store({ type: 'ssha256', hash })).toBe(`ssha256:${hash}`);
    expect(store({ type: 'ssha256', hash, saltPosition: 'suffix' })).toBe(`ssha256:${hash}`);
    expect(store({ type: 'ssha256', hash, saltPosition: 'prefix' })).toBe(`ssha256-prefix:${hash}`);
  });

  test('the salt is a prefix for ssha256 only', () => {
    for (const { type, hash: text } of vectors.filter((vector) => vector.type !== 'ssha256')) {
      expect(importHash({ type, hash: text, saltPosition: 'prefix' }).ok).toBe(false);
      expect(importHash({ type, hash: text, saltPosition: 'suffix' }).ok).toBe(true);
    }
  });

  test.each([
    '',
    'plain',
    `md5:${hash}`,
    `:${hash}`,
    `constructor:${hash}`,
    `ssha:${hash}`,
    `ssha-prefix:{SSHA}${Buffer.alloc(24).toString('base64').slice(1)}`,
    '$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA',
  ])('a damaged row is no wrong password: %s', (stored) => {
    expect(() => readStoredHash(stored)).toThrow(/stored password hash/);
  });
});
