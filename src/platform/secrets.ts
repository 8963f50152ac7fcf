import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const bitsPerCharacter = Math.log2(alphabet.length);
/** The largest multiple of 62 in a byte: bytes from here on are drawn again, or the first letters would be likelier. */
const fairLimit = 256 - (256 % alphabet.length);

/**
 * Makes a random token of letters and digits with at least `bytes` bytes of entropy. The default 18 (144 bits) gives
 * 25 characters, the length of verification, reset and invitation tokens on the wire; 32 gives 43.
 */
export function makeToken(bytes = 18): string {
  const length = Math.ceil((bytes * 8) / bitsPerCharacter);
  let token = '';
  while (token.length < length) {
    for (const byte of randomBytes(length - token.length)) {
      if (byte < fairLimit) token += alphabet.charAt(byte % alphabet.length);
    }
  }
  return token;
}

/** Makes a secret of 256 bits behind a prefix that tells people and secret scanners what it is, such as `whsec_`. */
export function makeSecret(prefix: string): string {
  return prefix + makeToken(32);
}

/** Makes an API key: `sk_test_`, `sk_live_` (one environment) or `sk_admin_` (the installation) and 256 bits. */
export function makeApiKey(kind: 'test' | 'live' | 'admin'): string {
  return makeSecret(`sk_${kind}_`);
}
