import type { Result } from '../../../lib/result.ts';

/** The values of `password_hash_type`: how another product hashed the passwords that are imported. */
export const passwordHashTypes = [
  'bcrypt',
  'scrypt',
  'firebase-scrypt',
  'ssha',
  'ssha256',
  'pbkdf2',
  'argon2',
] as const;
export type PasswordHashType = (typeof passwordHashTypes)[number];

/** The values of `password_salt_position`: which side of the password the salt was hashed on. */
export const saltPositions = ['suffix', 'prefix'] as const;
export type SaltPosition = (typeof saltPositions)[number];

/** Why a hash cannot be imported, for the person who imports it: names the part at fault and its bounds. */
export type HashFault = { readonly message: string };

/** A hash that was read and found within bounds. Holds no password. */
export type ParsedHash = {
  /** Compares in constant time, off the main thread where it is slow. Takes the bytes of a password as UTF-8. */
  readonly isHashOf: (password: Uint8Array) => Promise<boolean>;
};

export type HashOptions = {
  /** `ssha256` only; after the password when left out. */
  readonly saltPosition?: SaltPosition | undefined;
};

/** One way of hashing passwords. */
export type HashFormat = {
  readonly name: PasswordHashType;
  /** Reads a hash and checks every bound, so that no hash which was taken in can hang a sign-in. Never throws. */
  readonly parse: (text: string, options: HashOptions) => Result<ParsedHash, HashFault>;
};
