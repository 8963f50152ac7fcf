import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import { isTooLong, normalizePassword, readStoredHash } from '../protocols/password/index.ts';
import { createHashingQueue } from './password-hashing-queue.ts';

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
  /** How many hashes run at once; one a processor, and never all of the thread pool, when left out. */
  concurrency?: number;
  /** How many may wait for their turn; a hundred for each that runs, so two seconds, when left out. */
  queueLimit?: number;
}

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 2, outputLen: 32 } as const;
const currentPrefix = '$argon2id$v=19$m=19456,t=2,p=1$';
const noMatch: PasswordCheck = { isMatch: false, needsRehash: false };

/**
 * Makes the hasher: argon2id with 19 MiB, two passes and one lane (the OWASP cheat sheet; RFC 9106), on the thread pool.
 * One for the whole process, as the limits are those of its processors and its pool. Never throws.
 */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const concurrency = options.concurrency ?? defaultConcurrency();
  const takeTurn = createHashingQueue(concurrency, options.queueLimit ?? concurrency * 100);
  // No password has this hash, and nothing tells the time of its check from that of another.
  const nothing = readStoredHash(`${currentPrefix}${encode(randomBytes(16))}$${encode(randomBytes(32))}`);

  return {
    async hash(password) {
      if (isTooLong(password)) throw new RangeError('The password is too long to be hashed.');
      return takeTurn(() => hash(normalizePassword(password), cost));
    },
    async verify(stored, password) {
      const { isImported, isHashOf } = readStoredHash(stored);
      if (isTooLong(password)) return noMatch;
      return takeTurn(async () => {
        if (await isHashOf(password)) {
          return { isMatch: true, needsRehash: isImported || !stored.startsWith(currentPrefix) };
        }
        // Some imported formats take microseconds: a failure is never quicker than for a user who does not exist.
        if (isImported) await nothing.isHashOf(password);
        return noMatch;
      });
    },
    async verifyAgainstNothing(password) {
      if (!isTooLong(password)) await takeTurn(() => nothing.isHashOf(password));
    },
  };
}

/** Files, names and compression use the same pool: one thread of it is left to them. */
function defaultConcurrency(): number {
  const poolSize = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
  return Math.max(1, Math.min(availableParallelism(), poolSize - 1));
}

const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
