import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { EncryptionError, createEncryption, hashToken, isSameSecret, parseMasterKeys } from './encryption.ts';

const keyOf = (id: string) => ({ id, key: randomBytes(32) });
const oldKey = keyOf('k1');
const newKey = keyOf('k2');
const encryption = createEncryption([oldKey]);
const identity = 'webhook_endpoint.secret.we_01';

test('what was sealed opens under the same identity, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.string(), (bytes, where) => {
      const plaintext = Buffer.from(bytes);
      expect(encryption.open(encryption.seal(plaintext, where), where).equals(plaintext)).toBe(true);
    }),
  );
  expect(encryption.open(encryption.seal('héllo', identity), identity).toString()).toBe('héllo');
});

describe('a sealed value that was touched does not open, with one error for all causes', () => {
  const fails = (work: () => unknown) => {
    expect(work).toThrow(EncryptionError);
    expect(work).toThrow(/^The sealed value cannot be opened\.$/);
  };

  test('any single bit flipped anywhere: version, key id, nonce, text, tag', () => {
    const ring = createEncryption([oldKey, newKey, keyOf('k3'), keyOf('j1'), keyOf('k5')]);
    const sealed = ring.seal('a secret', identity);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      fails(() => ring.open(flipped, identity));
    }
  });

  test('any truncation, any extension, empty and random input', () => {
    const sealed = encryption.seal('a secret', identity);
    for (let length = 0; length < sealed.length; length++) {
      fails(() => encryption.open(sealed.subarray(0, length), identity));
    }
    fails(() => encryption.open(Buffer.concat([sealed, Buffer.alloc(1)]), identity));
    for (let length = 0; length < 200; length++) fails(() => encryption.open(randomBytes(length), identity));
  });

  test('a value moved to another row', () => {
    const sealed = encryption.seal('a secret', 'row_a');
    fails(() => encryption.open(sealed, 'row_b'));
    fails(() => encryption.open(sealed, ''));
  });

  test('another key, known by the same id or not in the ring', () => {
    const sealed = encryption.seal('a secret', identity);
    fails(() => createEncryption([keyOf('k1')]).open(sealed, identity));
    fails(() => createEncryption([newKey]).open(sealed, identity));
  });
});

test('rotation: the first key seals, every key of the ring opens', () => {
  const rotated = createEncryption([newKey, oldKey]);
  const before = encryption.seal('a secret', identity);
  expect(rotated.open(before, identity).toString()).toBe('a secret');
  const after = rotated.seal('a secret', identity);
  expect(createEncryption([newKey]).open(after, identity).toString()).toBe('a secret');
  expect(() => encryption.open(after, identity)).toThrow(EncryptionError);
});

test('100,000 seals have 100,000 nonces', () => {
  const nonces = new Set<string>();
  for (let count = 0; count < 100_000; count++) {
    nonces.add(encryption.seal('x', identity).subarray(4, 16).toString('latin1'));
  }
  expect(nonces.size).toBe(100_000);
});

test('the stored format is fixed: values sealed by earlier versions open', () => {
  const fixed = createEncryption([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
  const sealed = Buffer.from('AQJrMT7A1OTmtX4YiEjdsN9XyXDFIw/b6Oz1FEw932hwysQkfjE=', 'base64');
  expect(fixed.open(sealed, 'row_1').toString()).toBe('stored');
  expect(fixed.keyedHash('123456', 'row_1').toString('hex')).toBe(
    '59eea24ee9a72d5fad13257f70ef38fd07e214c519a8f024f87a8996ffb98b68',
  );
});

describe('keyed hashes', () => {
  test('depend on value, row and key, and row and value cannot be shifted into each other', () => {
    const base = encryption.keyedHash('123456', 'row_1');
    expect(base).toHaveLength(32);
    expect(encryption.keyedHash('123456', 'row_1').equals(base)).toBe(true);
    for (const other of [
      encryption.keyedHash('123457', 'row_1'),
      encryption.keyedHash('123456', 'row_2'),
      encryption.keyedHash('23456', 'row_11'),
      createEncryption([newKey]).keyedHash('123456', 'row_1'),
    ]) {
      expect(other.equals(base)).toBe(false);
    }
  });

  test('a hash stored before a rotation is among the hashes after it', () => {
    const stored = encryption.keyedHash('123456', 'row_1');
    const [first, second] = createEncryption([newKey, oldKey]).keyedHashes('123456', 'row_1');
    expect(second?.equals(stored)).toBe(true);
    expect(first?.equals(stored)).toBe(false);
  });
});

test('hash is SHA-256', () => {
  expect(hashToken('abc').toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('secrets are the same only if they are equal, of any length and type', () => {
  expect(isSameSecret('abc', 'abc')).toBe(true);
  expect(isSameSecret('abc', Buffer.from('abc'))).toBe(true);
  for (const other of ['abd', 'ab', 'abcd', '']) expect(isSameSecret('abc', other)).toBe(false);
});

describe('master keys from configuration', () => {
  const a = randomBytes(32).toString('base64');
  const b = randomBytes(32).toString('base64');

  test('a bare key gets the id k1; pairs keep order; white space and missing padding are forgiven', () => {
    expect(parseMasterKeys(a)).toEqual([{ id: 'k1', key: Buffer.from(a, 'base64') }]);
    expect(parseMasterKeys(` k2:${b} , k1:${a.replace('=', '')}\n`).map(({ id }) => id)).toEqual([
      'k2',
      'k1',
    ]);
    expect(() => createEncryption(parseMasterKeys(`k2:${b},k1:${a}`))).not.toThrow();
  });

  test.each([
    ['nothing', ''],
    ['16 bytes', randomBytes(16).toString('base64')],
    ['33 bytes', `k1:${randomBytes(33).toString('base64')}`],
    ['hexadecimal', randomBytes(32).toString('hex')],
    ['not base64', `k1:${a.slice(0, -2)}!=`],
    ['no id', `:${a}`],
    ['an id with a space', `k 1:${a}`],
    ['an id twice', `k1:${a},k1:${b}`],
    ['two bare keys', `${a},${b}`],
    ['a comma too many', `k1:${a},`],
    ['two colons', `k1:${a}:x`],
  ])('%s is refused with a hint and without the key', (_name, text) => {
    let message = '';
    try {
      parseMasterKeys(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^Master key \d/);
    for (const key of [a, b]) expect(message).not.toContain(key.slice(0, 8));
  });
});
