/** ULID-suffixed object ids: `org_01J...`. The first ten characters are the creation time, so ids sort by it. */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford base 32
const timeLength = 10;
const randomLength = 16;

export const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Encodes milliseconds since the epoch as the ten leading characters of a ULID. */
export function encodeUlidTime(timeMs: number): string {
  let rest = Math.max(0, Math.floor(timeMs));
  let text = '';
  for (let index = 0; index < timeLength; index += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Reads the creation time of a prefixed id; null when the suffix is no ULID. */
export function idTime(id: string): Date | null {
  const suffix = id.slice(-26);
  if (!ulidPattern.test(suffix)) return null;
  let timeMs = 0;
  for (const character of suffix.slice(0, timeLength)) timeMs = timeMs * 32 + alphabet.indexOf(character);
  return new Date(timeMs);
}

/**
 * Makes a source of ids that all carry one creation time and grow in the order they are asked for.
 * @param timeMs milliseconds since the epoch
 * @param randomness sixteen bytes from a cryptographic source
 */
export function createIdSequence(timeMs: number, randomness: Uint8Array): (prefix: string) => string {
  const time = encodeUlidTime(timeMs);
  const digits = Array.from({ length: randomLength }, (_, index) => (randomness[index] ?? 0) & 31);
  return (prefix) => {
    const id = `${prefix}_${time}${digits.map((digit) => alphabet.charAt(digit)).join('')}`;
    increment(digits);
    return id;
  };
}

function increment(digits: number[]): void {
  for (let index = digits.length - 1; index >= 0; index -= 1) {
    const next = (digits[index] ?? 0) + 1;
    digits[index] = next % 32;
    if (next < 32) return;
  }
}
