import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** A key of the ring. `id` is written into each ciphertext, in clear; `key` has 32 bytes. */
export type MasterKey = { readonly id: string; readonly key: Buffer };

export type Encryption = {
  /**
   * Encrypts under the first key. `identity` names the place the ciphertext belongs to (table, column, row id): it is
   * authenticated and not stored, so a value moved to another row does not open.
   */
  readonly seal: (plaintext: string | Buffer, identity: string) => Buffer;
  /** Decrypts with whichever key of the ring sealed it. Throws EncryptionError for any reason at all. */
  readonly open: (sealed: Buffer, identity: string) => Buffer;
  /** HMAC-SHA256 (32 bytes) under the first key, for values too short to hash plainly, such as six-digit codes. */
  readonly keyedHash: (value: string, rowId: string) => Buffer;
  /** The same under every key, the first key's first: compare a stored hash with each, so it survives a rotation. */
  readonly keyedHashes: (value: string, rowId: string) => readonly Buffer[];
};

/** A ciphertext did not open. One message for every cause, so that it tells an attacker nothing. */
export class EncryptionError extends Error {
  constructor() {
    super('The sealed value cannot be opened.');
    this.name = 'EncryptionError';
  }
}

const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

type RingKey = { readonly id: string; readonly sealKey: Buffer; readonly hashKey: Buffer };

/**
 * Makes the encryption of stored secrets from a ring of master keys: AES-256-GCM (NIST SP 800-38D) with random
 * nonces, under keys derived by HKDF (RFC 5869), so that a key has one use. Sealed format:
 * version (1 byte), key id length (1) and key id, nonce (12), ciphertext, tag (16). To rotate, put a new key first;
 * drop the old one when nothing sealed with it is left. Rotate before 2^32 seals under one key (SP 800-38D 8.3).
 * Throws an Error for an empty ring, a repeated or malformed id, or a key that is not 32 bytes.
 */
export function createEncryption(keys: readonly MasterKey[]): Encryption {
  assertUsable(keys);
  const ring = keys.map(({ id, key }): RingKey => ({
    id,
    sealKey: derive(key, 'seal'),
    hashKey: derive(key, 'keyed-hash'),
  }));
  const [first] = ring;
  if (!first) throw new Error('No master key is configured.');
  return {
    seal: (plaintext, identity) => seal(first, plaintext, identity),
    open: (sealed, identity) => open(ring, sealed, identity),
    keyedHash: (value, rowId) => hmac(first, value, rowId),
    keyedHashes: (value, rowId) => ring.map((key) => hmac(key, value, rowId)),
  };
}

/** SHA-256 (32 bytes) of a token that has enough entropy to be looked up by it. Not for passwords or short codes. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Compares two secrets in a time that depends on neither their content nor where or in what length they differ. */
export function isSameSecret(a: string | Buffer, b: string | Buffer): boolean {
  const digest = (secret: string | Buffer) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Reads the ring from configuration: `id:base64[,id:base64...]`, the key that seals first, or one bare base64 key,
 * which gets the id `k1`. Throws an Error that says what to write and quotes no key.
 */
export function parseMasterKeys(text: string): MasterKey[] {
  const entries = text.trim().split(',');
  const keys = entries.map((entry, index): MasterKey => {
    const [id, base64, extra] = entry.includes(':') ? entry.trim().split(':') : ['k1', entry.trim()];
    const key = Buffer.from(base64 ?? '', 'base64');
    const isExact = key.toString('base64').replace(/=+$/, '') === base64?.replace(/=+$/, '');
    if (
      !id ||
      extra !== undefined ||
      !isExact ||
      key.length !== keyBytes ||
      (entries.length > 1 && !entry.includes(':'))
    ) {
      throw new Error(
        `Master key ${index + 1} is not "id:key" with a key of 32 bytes in base64. Make one with: openssl rand -base64 32`,
      );
    }
    return { id, key };
  });
  assertUsable(keys);
  return keys;
}

function assertUsable(keys: readonly MasterKey[]): void {
  for (const [index, { id, key }] of keys.entries()) {
    const at = `Master key ${index + 1}`;
    if (!idPattern.test(id)) throw new Error(`${at} needs an id of 1 to 64 letters, digits, "_" or "-".`);
    if (key.length !== keyBytes) throw new Error(`${at} must have 32 bytes.`);
    if (keys.findIndex((other) => other.id === id) !== index)
      throw new Error(`${at} repeats the id of another key.`);
  }
}

const derive = (key: Buffer, use: 'seal' | 'keyed-hash'): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `doorwright/${use}/v1`, keyBytes));

/** The header delimits itself, so header and identity can be joined without ambiguity. */
const associatedData = (header: Buffer, identity: string): Buffer =>
  Buffer.concat([header, Buffer.from(identity)]);

function seal(key: RingKey, plaintext: string | Buffer, identity: string): Buffer {
  const id = Buffer.from(key.id);
  const header = Buffer.concat([Buffer.from([formatVersion, id.length]), id]);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.sealKey, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(header, identity));
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext;
  return Buffer.concat([header, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function open(ring: readonly RingKey[], sealed: Buffer, identity: string): Buffer {
  const headerBytes = 2 + (sealed[1] ?? 0);
  const textStart = headerBytes + nonceBytes;
  const textEnd = sealed.length - tagBytes;
  const id = sealed.toString('latin1', 2, headerBytes);
  const key = ring.find((candidate) => candidate.id === id);
  if (sealed[0] !== formatVersion || textEnd < textStart || !key) throw new EncryptionError();
  try {
    const nonce = sealed.subarray(headerBytes, textStart);
    const decipher = createDecipheriv('aes-256-gcm', key.sealKey, nonce, { authTagLength: tagBytes });
    decipher.setAAD(associatedData(sealed.subarray(0, headerBytes), identity));
    decipher.setAuthTag(sealed.subarray(textEnd));
    return Buffer.concat([decipher.update(sealed.subarray(textStart, textEnd)), decipher.final()]);
  } catch {
    throw new EncryptionError();
  }
}

function hmac(key: RingKey, value: string, rowId: string): Buffer {
  // The row id's length comes first: ('ab', 'c') and ('b', 'ca') must not give one message.
  return createHmac('sha256', key.hashKey).update(`${rowId.length}:${rowId}${value}`).digest();
}
