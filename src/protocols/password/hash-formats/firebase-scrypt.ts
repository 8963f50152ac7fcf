import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { err, ok } from '../../../lib/result.ts';
import { decodeBase64 } from './base64.ts';
import { deriveScrypt } from './derive.ts';
import type { HashFormat } from './format.ts';
import { checkSizes, parsePhc, readNumbers } from './phc.ts';

/**
 * Firebase's own scrypt: `$firebase-scrypt$r=8,m=14,sk=...,ss=...$salt$hash`, where `sk` is the signer key and `ss` the
 * salt separator of the project, `m` the logarithm of scrypt's N. scrypt of the password, with the separator after the
 * salt, gives the key with which the signer key is encrypted by AES-256-CTR from a zero counter; the ciphertext is the
 * hash (github.com/firebase/scrypt). Bounds of `r` and `m` as Firebase has them. Write-ups disagree on the id in front:
 * any is taken.
 */
export const firebaseScrypt: HashFormat = {
  name: 'firebase-scrypt',
  parse(text) {
    const phc = parsePhc(text, ['r', 'm', 'sk', 'ss']);
    if (!phc.ok) return phc;
    const numbers = readNumbers(phc.value, { r: [1, 8], m: [1, 14] });
    if (!numbers.ok) return numbers;
    const { r, m } = numbers.value;
    const { salt, hash, parameters } = phc.value;
    const signerKey = decodeBase64(parameters.get('sk') ?? '', 'unpadded');
    if (!signerKey) return err({ message: 'The signer key sk must be base64 without padding.' });
    const separator = decodeBase64(parameters.get('ss') ?? '', 'unpadded');
    if (!separator) return err({ message: 'The salt separator ss must be base64 without padding.' });
    const message = checkSizes(phc.value, { salt: [1, 64], hash: [32, 128] });
    if (message) return err({ message });
    if (signerKey.length !== hash.length) {
      return err({ message: 'The hash must have as many bytes as the signer key sk.' });
    }
    const separated = Buffer.concat([salt, separator]);
    return ok({
      async isHashOf(password) {
        const key = await deriveScrypt(password, separated, { n: 2 ** m, r, p: 1, length: 32 });
        const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
        return timingSafeEqual(Buffer.concat([cipher.update(signerKey), cipher.final()]), hash);
      },
    });
  },
};
