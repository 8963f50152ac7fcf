import { argon2 } from './argon2.ts';
import { bcrypt } from './bcrypt.ts';
import { firebaseScrypt } from './firebase-scrypt.ts';
import type { HashFormat, PasswordHashType } from './format.ts';
import { pbkdf2 } from './pbkdf2.ts';
import { ssha, ssha256 } from './salted-sha.ts';
import { scrypt } from './scrypt.ts';

/** Each format by its `password_hash_type`. */
export const hashFormats: Readonly<Record<PasswordHashType, HashFormat>> = {
  bcrypt,
  scrypt,
  'firebase-scrypt': firebaseScrypt,
  ssha,
  ssha256,
  pbkdf2,
  argon2,
};
