import type { Result } from '../../lib/result.ts';
import type { HashFault, PasswordHashType, SaltPosition } from './hash-formats/format.ts';

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
export function importHash(_import: HashImport): Result<string, HashFault> {
  throw new Error('Not written yet.');
}
