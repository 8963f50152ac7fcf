/** The longest password that is looked at, in bytes of UTF-8 as sent. NIST SP 800-63B asks for at least 64 characters. */
export const maximumPasswordBytes = 1_024;

/**
 * True for a password of more than `maximumPasswordBytes`. It is refused before anything is computed from it, so that
 * a megabyte costs no more than a letter (threat P-04). Never throws.
 */
export function isTooLong(password: string): boolean {
  // Each UTF-16 unit gives at least one byte: most megabytes are refused without being read.
  return password.length > maximumPasswordBytes || Buffer.byteLength(password) > maximumPasswordBytes;
}

/**
 * Returns a password in Unicode form NFKC, the form in which Doorwright hashes and checks passwords: one keyboard sends
 * `é` as one code point and another as two, and full-width letters are the same keys (NIST SP 800-63B-4 3.1.1.2 allows
 * NFKC and NFKD). Nothing is trimmed, cut or changed in case. A hash that was imported is compared with the password as
 * sent first, since nobody knows what the other product did, and with this form next. Never throws.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}
