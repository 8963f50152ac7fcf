import { timingSafeEqual } from 'node:crypto';
import { err, ok } from '../../../lib/result.ts';
import { derivePbkdf2 } from './derive.ts';
import type { HashFormat } from './format.ts';
import { checkSizes, parsePhc, readNumbers } from './phc.ts';

/** Fewest iterations by digest; more than a million would hold a thread for a second. */
const minimumIterations = new Map([
  ['sha256', 600_000],
  ['sha512', 210_000],
]);
const maximumIterations = 1_000_000;

/** PBKDF2 in PHC form: `$pbkdf2$i=600000,d=sha256$salt$hash`, `d` being sha256 or sha512 (RFC 8018 5.2). */
export const pbkdf2: HashFormat = {
  name: 'pbkdf2',
  parse(text) {
    const phc = parsePhc(text, ['i', 'd']);
    if (!phc.ok) return phc;
    const { id, version, parameters, salt, hash } = phc.value;
    if (id !== 'pbkdf2' || version !== null) return err({ message: 'A pbkdf2 hash begins with $pbkdf2$i=.' });
    const digest = parameters.get('d') ?? '';
    const minimum = minimumIterations.get(digest);
    if (minimum === undefined) return err({ message: 'The digest d must be sha256 or sha512.' });
    const numbers = readNumbers(phc.value, { i: [minimum, maximumIterations] });
    if (!numbers.ok) return err({ message: `${numbers.error.message} (With d=${digest}.)` });
    // More than one block of the digest multiplies the time of whoever checks, not of whoever guesses.
    const message = checkSizes(phc.value, { salt: [1, 64], hash: [16, 64] });
    if (message) return err({ message });
    return ok({
      isHashOf: async (password) =>
        timingSafeEqual(await derivePbkdf2(password, salt, numbers.value.i, hash.length, digest), hash),
    });
  },
};
