import { createHash, timingSafeEqual } from 'node:crypto';
import { type Result, err, ok } from '../../../lib/result.ts';
import { decodeBase64 } from './base64.ts';
import type { HashFault, HashFormat, ParsedHash, SaltPosition } from './format.ts';

/**
 * `{SSHA}` and base64 of SHA-1(password, salt) followed by the salt, as LDAP servers keep it (draft-stroeder-hashed-
 * userpassword-values). Fast to guess, like `ssha256`: replaced at the first sign-in.
 */
export const ssha: HashFormat = {
  name: 'ssha',
  parse: (text) =>
    parseSaltedSha(text, { scheme: '{SSHA}', digest: 'sha1', digestBytes: 20, saltPosition: 'suffix' }),
};

/** `{SSHA256}` and base64 of SHA-256(password, salt), or with `prefix` of SHA-256(salt, password), and the salt. */
export const ssha256: HashFormat = {
  name: 'ssha256',
  parse: (text, { saltPosition = 'suffix' }) =>
    parseSaltedSha(text, { scheme: '{SSHA256}', digest: 'sha256', digestBytes: 32, saltPosition }),
};

type Scheme = {
  readonly scheme: string;
  readonly digest: 'sha1' | 'sha256';
  readonly digestBytes: number;
  readonly saltPosition: SaltPosition;
};

const maximumSaltBytes = 64;

function parseSaltedSha(text: string, kind: Scheme): Result<ParsedHash, HashFault> {
  const { scheme, digest, digestBytes, saltPosition } = kind;
  // Scheme names are read without regard to case (RFC 2307 5.3).
  if (text.slice(0, scheme.length).toUpperCase() !== scheme) {
    return err({ message: `The hash must begin with ${scheme}.` });
  }
  const bytes = text.length <= 256 ? decodeBase64(text.slice(scheme.length), 'padded') : null;
  if (!bytes) return err({ message: `What follows ${scheme} must be base64 with its padding.` });
  const saltBytes = bytes.length - digestBytes;
  if (saltBytes < 1 || saltBytes > maximumSaltBytes) {
    return err({
      message: `The base64 must hold ${digestBytes} bytes of hash and 1 to ${maximumSaltBytes} bytes of salt.`,
    });
  }
  const hash = bytes.subarray(0, digestBytes);
  const salt = bytes.subarray(digestBytes);
  return ok({
    isHashOf(password) {
      const parts = saltPosition === 'prefix' ? [salt, password] : [password, salt];
      return Promise.resolve(timingSafeEqual(createHash(digest).update(Buffer.concat(parts)).digest(), hash));
    },
  });
}
