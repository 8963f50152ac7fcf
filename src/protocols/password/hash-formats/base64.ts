/**
 * Decodes standard base64 and nothing else: `Buffer.from` skips what it does not know, and a hash with a letter missing
 * would be taken in and never match. Returns null for other alphabets, spaces, wrong padding, or bits that say nothing.
 * `padding` says whether the text ends in `=` (RFC 4648 4), or must not, as in PHC strings. Never throws.
 */
export function decodeBase64(text: string, padding: 'padded' | 'unpadded'): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const padded = bytes.toString('base64');
  return text === (padding === 'padded' ? padded : padded.replace(/=+$/, '')) ? bytes : null;
}
