import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

type ScryptCost = { readonly n: number; readonly r: number; readonly p: number; readonly length: number };

/**
 * Derives `length` bytes by scrypt (RFC 7914) on the thread pool. Rejects only for parameters that the formats do not
 * let through.
 */
export function deriveScrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  const { n, r, p, length } = cost;
  // Node's own limit of 32 MiB is lower than ours.
  const maxmem = 128 * r * (n + p + 2) + 4_096;
  return new Promise((resolve, reject) => {
    crypto.scrypt(password, salt, length, { N: n, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** Derives bytes by PBKDF2 (RFC 8018 5.2) on the thread pool: password, salt, iterations, length in bytes, digest. */
export const derivePbkdf2 = promisify(crypto.pbkdf2);
