import { timingSafeEqual } from 'node:crypto';
import { err, ok } from '../../../lib/result.ts';
import { deriveScrypt } from './derive.ts';
import type { HashFormat } from './format.ts';
import { checkSizes, parsePhc, readNumbers } from './phc.ts';

/** `128 * n * r` bytes; what n=131072, r=8 takes, the heaviest setting of the OWASP cheat sheet. */
const maximumMemoryBytes = 2 ** 27;
/** `n * r * p`, which is proportional to the time; the same setting. */
const maximumWork = 2 ** 20;

/**
 * scrypt in PHC form: `$scrypt$v=1$n=16384,r=8,p=1,kl=64$salt$hash`, where `n` is the number itself, not its logarithm
 * (RFC 7914 2), and `kl` is the length of the hash in bytes.
 */
export const scrypt: HashFormat = {
  name: 'scrypt',
  parse(text) {
    const phc = parsePhc(text, ['n', 'r', 'p', 'kl']);
    if (!phc.ok) return phc;
    if (phc.value.id !== 'scrypt') return err({ message: 'A scrypt hash begins with $scrypt$.' });
    if (![null, '1'].includes(phc.value.version))
      return err({ message: 'The version of scrypt must be v=1.' });
    const numbers = readNumbers(phc.value, { n: [2, 2 ** 20], r: [1, 32], p: [1, 16], kl: [16, 128] });
    if (!numbers.ok) return numbers;
    const { n, r, p, kl } = numbers.value;
    const { salt, hash } = phc.value;
    const message = checkCost(n, r, p) ?? checkSizes(phc.value, { salt: [1, 64], hash: [kl, kl] });
    if (message) return err({ message });
    return ok({
      isHashOf: async (password) =>
        timingSafeEqual(await deriveScrypt(password, salt, { n, r, p, length: kl }), hash),
    });
  },
};

function checkCost(n: number, r: number, p: number): string | null {
  if (!Number.isInteger(Math.log2(n))) return 'The parameter n must be a power of two.';
  if (128 * n * r > maximumMemoryBytes) return 'This hash takes more than 128 MiB: 128 * n * r is too large.';
  return n * r * p > maximumWork ? 'This hash takes too long: n * r * p must be at most 1,048,576.' : null;
}
