import { randomFillSync } from 'node:crypto';

const seedBytes = 16;
const pool = Buffer.alloc(seedBytes * 256);
let used = pool.length;

/** Sixteen random bytes for ids. Drawn from the system 256 at a time: one call each cost 4 % of a request. */
export function randomSeed(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += seedBytes;
  return pool.subarray(used - seedBytes, used);
}
