/** Hashes and checks passwords, a few at a time. */
export interface PasswordHasher {
  /**
   * Hashes a password that passed the policy; the PHC text to store.
   * @throws RangeError for a password of more than 1,024 bytes
   * @throws ApiError 503 when too many wait
   */
  hash(password: string): Promise<string>;
  /**
   * Checks a password against a stored hash: ours, or what `importHash` returned. With `needsRehash` the caller
   * stores `hash(password)` in its place; it is false when the password does not match. A password of more than
   * 1,024 bytes never matches.
   * @throws ApiError 503 when too many wait
   */
  verify(stored: string, password: string): Promise<PasswordCheck>;
  /**
   * Takes as long as a check that fails, for whoever has no password or does not exist, so that time tells nothing.
   * @throws ApiError 503 when too many wait
   */
  verifyAgainstNothing(password: string): Promise<void>;
}

export interface PasswordCheck {
  readonly isMatch: boolean;
  readonly needsRehash: boolean;
}

export interface PasswordHasherOptions {
  /** How many hashes run at once. */
  concurrency?: number;
  /** How many may wait for their turn. */
  queueLimit?: number;
}

/** Makes the hasher: argon2id with 19 MiB, two passes and one lane, the floor of the OWASP cheat sheet. */
export function createPasswordHasher(_options: PasswordHasherOptions = {}): PasswordHasher {
  throw new Error('Not written yet.');
}
