/** The few elements of DER that a certificate needs (ITU-T X.690). */

const element = (tag: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits = Buffer.from(bytes.toString(16).padStart(bytes > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

/** A SEQUENCE of elements, together below 64 kB. */
export const sequence = (...parts: Uint8Array[]): Buffer => element(0x30, Buffer.concat(parts));

/** A SET of one element. */
export const setOf = (part: Uint8Array): Buffer => element(0x31, part);

/** An element under an explicit context tag: `[number]`. */
export const tagged = (number: number, part: Uint8Array): Buffer => element(0xa0 | number, part);

/** A positive INTEGER of big-endian bytes, without the zeros in front. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.alloc(1) : Buffer.from(bytes.subarray(start));
  const isNegative = (digits[0] ?? 0) >= 0x80;
  return element(0x02, isNegative ? Buffer.concat([Buffer.alloc(1), digits]) : digits);
}

/** A BIT STRING of whole bytes. */
export const bitString = (bytes: Uint8Array): Buffer =>
  element(0x03, Buffer.concat([Buffer.alloc(1), bytes]));

/** An OCTET STRING. */
export const octetString = (bytes: Uint8Array): Buffer => element(0x04, bytes);

/** A UTF8String. */
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text));

/** An OBJECT IDENTIFIER, its content given in hexadecimal. */
export const objectIdentifier = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));

/** A Time: two digits of the year up to 2049, four from then on (RFC 5280 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  const isShort = date.getUTCFullYear() < 2050;
  return isShort ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}
