import assert from 'node:assert/strict';
import { type Result, err, ok } from '../../lib/result.ts';
import {
  type HashFault,
  type ParsedHash,
  type PasswordHashType,
  type SaltPosition,
  passwordHashTypes,
} from './hash-formats/format.ts';
import { hashFormats } from './hash-formats/index.ts';
import { normalizePassword } from './normalize.ts';

/** A hash from another product, in the words of the wire: `password_hash_type`, `password_hash`, `password_salt_position`. */
export type HashImport = {
  readonly type: PasswordHashType;
  readonly hash: string;
  readonly saltPosition?: SaltPosition | undefined;
};

/**
 * Checks a hash that somebody imports: its form, its bounds, its base64. Returns the text to store, which is what
 * `PasswordHasher.verify` takes, or what is wrong with it (answer 400 `invalid_password_hash`). Never throws.
 */
export function importHash({ type, hash, saltPosition }: HashImport): Result<string, HashFault> {
  if (saltPosition === 'prefix' && type !== 'ssha256') {
    return err({ message: 'The salt can be a prefix for ssha256 only.' });
  }
  const parsed = hashFormats[type].parse(hash, { saltPosition });
  if (!parsed.ok) return parsed;
  return ok(`${type}${saltPosition === 'prefix' ? '-prefix' : ''}:${hash}`);
}

/** A stored hash that was read. */
export type StoredHash = {
  /** From another product, so to be replaced at the first match. */
  readonly isImported: boolean;
  /** Compares with a password as sent, in every Unicode form that it may have been hashed in. */
  readonly isHashOf: (password: string) => Promise<boolean>;
};

/**
 * Reads what was stored: our own argon2id hash as it is, or what `importHash` returned. Throws for any other text,
 * which is no input but a damaged row.
 */
export function readStoredHash(stored: string): StoredHash {
  if (stored.startsWith('$argon2id$')) {
    const own = hashFormats.argon2.parse(stored, {});
    assert(own.ok, 'the stored password hash is damaged');
    return {
      isImported: false,
      isHashOf: (password) => isHashOfForm(own.value, normalizePassword(password)),
    };
  }
  const imported = readImport(stored);
  return {
    isImported: true,
    async isHashOf(password) {
      // Not only to bcrypt is `p` the same as `p` and a NUL: HMAC fills short keys up with NULs (RFC 2104 2), and with
      // it PBKDF2 and scrypt. Nobody's keyboard has one (threat P-04).
      if (password.includes('\0')) return false;
      if (await isHashOfForm(imported, password)) return true;
      const normalized = normalizePassword(password);
      return normalized !== password && isHashOfForm(imported, normalized);
    },
  };
}

const isHashOfForm = (hash: ParsedHash, password: string): Promise<boolean> =>
  hash.isHashOf(Buffer.from(password, 'utf8'));

function readImport(stored: string): ParsedHash {
  const separator = stored.indexOf(':');
  const name = stored.slice(0, Math.max(separator, 0));
  const saltPosition = name.endsWith('-prefix') ? 'prefix' : 'suffix';
  const type = passwordHashTypes.find((known) => known === name.replace(/-prefix$/, ''));
  assert(type, 'the stored password hash has no known format');
  const parsed = hashFormats[type].parse(stored.slice(separator + 1), { saltPosition });
  assert(parsed.ok, 'the stored password hash is damaged');
  return parsed.value;
}
