import { timingSafeEqual } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { err, ok } from '../../../lib/result.ts';
import type { HashFormat } from './format.ts';
import { checkSizes, parsePhc, readNumbers } from './phc.ts';

/** The number of each variant (RFC 9106 3.1), and its fewest passes. */
const variants = new Map([
  ['argon2d', { algorithm: 0 as const, minimumPasses: 1 }],
  ['argon2i', { algorithm: 1 as const, minimumPasses: 3 }],
  ['argon2id', { algorithm: 2 as const, minimumPasses: 1 }],
]);

/** The number of version 19 (0x13) in the library. */
const version19 = 1;

/** argon2 in PHC form: `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`; `m` is in KiB (RFC 9106). Our own hashes as well. */
export const argon2: HashFormat = {
  name: 'argon2',
  parse(text) {
    const phc = parsePhc(text, ['m', 't', 'p']);
    if (!phc.ok) return phc;
    const { id, version, salt, hash } = phc.value;
    const variant = variants.get(id);
    if (!variant) return err({ message: 'An argon2 hash begins with $argon2id$, $argon2i$ or $argon2d$.' });
    if (version !== '19') return err({ message: 'The version of argon2 must be v=19.' });
    const { algorithm, minimumPasses } = variant;
    const numbers = readNumbers(phc.value, { m: [4_096, 262_144], t: [minimumPasses, 5], p: [1, 8] });
    if (!numbers.ok) return numbers;
    const message = checkSizes(phc.value, { salt: [8, 64], hash: [16, 64] });
    if (message) return err({ message });
    const { m, t, p } = numbers.value;
    const options = { algorithm, version: version19, memoryCost: m, timeCost: t, parallelism: p } as const;
    return ok({
      isHashOf: async (password) =>
        timingSafeEqual(await hashRaw(password, { ...options, salt, outputLen: hash.length }), hash),
    });
  },
};
