import { err, ok } from '../../../lib/result.ts';
import type { HashFormat } from './format.ts';

/** Each step doubles the time: 15 takes two seconds. */
const costs = { minimum: 4, maximum: 15 };

/** What bcrypt reads of a password, in bytes. */
const maximumBytes = 72;

const shape = /^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$/;

/**
 * bcrypt in modular crypt form: `$2b$10$`, 22 characters of salt, 31 of hash; `2a`, `2b` and `2y` are computed alike
 * (`2x` is a hash by a faulty program). bcrypt stops at the first NUL and after 72 bytes, so that a password and its
 * beginning would be the same; we refuse both kinds and never cut. Whoever had a longer password resets it.
 * (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999; threat P-04.)
 */
export const bcrypt: HashFormat = {
  name: 'bcrypt',
  parse(text) {
    const match = shape.exec(text);
    if (!match) {
      return err({
        message:
          'A bcrypt hash is $2a$, $2b$ or $2y$, two digits of cost, $, and 53 characters of salt and hash.',
      });
    }
    const cost = Number(match[1]);
    if (cost < costs.minimum || cost > costs.maximum) {
      return err({ message: `The cost of a bcrypt hash must be from ${costs.minimum} to ${costs.maximum}.` });
    }
    const canonical = withoutSpareBits(text);
    return ok({
      async isHashOf(password) {
        if (password.length > maximumBytes || password.includes(0)) return false;
        // 20 ms of every start, if it were loaded where nobody has such a hash.
        const { verify } = await import('@node-rs/bcrypt');
        return verify(password, canonical);
      },
    });
  },
};

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Some programs leave bits in the last character of salt and hash that belong to no byte; all ignore them. */
function withoutSpareBits(text: string): string {
  const clear = (index: number, mask: number): string =>
    alphabet.charAt(alphabet.indexOf(text.charAt(index)) & mask);
  return text.slice(0, 28) + clear(28, 0x30) + text.slice(29, 59) + clear(59, 0x3c);
}
