/** The size of a picture in pixels, as its header tells it. */
export interface Size {
  width: number;
  height: number;
}

const startsWith = (bytes: Buffer, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && bytes.toString('latin1', at, at + text.length) === text;

/** PNG: signature, then the chunk IHDR (ISO/IEC 15948 11.2.1). Null for anything else. */
export function measurePng(bytes: Buffer): Size | null {
  if (bytes.length < 24 || !startsWith(bytes, '\x89PNG\r\n\x1a\n') || !startsWith(bytes, 'IHDR', 12))
    return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** GIF: the logical screen follows the signature (GIF89a 18). Null for anything else. */
export function measureGif(bytes: Buffer): Size | null {
  if (bytes.length < 10 || !(startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a'))) return null;
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

/** SOF0 to SOF15; C4, C8 and CC mean something else (ITU-T T.81 table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** JPEG: segments are skipped up to the frame's header (ITU-T T.81 B.2.2). Null for anything else. */
export function measureJpeg(bytes: Buffer): Size | null {
  if (!startsWith(bytes, '\xff\xd8\xff')) return null;
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    if (isFrame(marker)) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    // A marker may be preceded by any number of fill bytes (B.1.1.2).
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** WebP: lossy, lossless or extended (RFC 9649 2.5 to 2.7). Null for anything else. */
export function measureWebp(bytes: Buffer): Size | null {
  if (bytes.length < 30 || !startsWith(bytes, 'RIFF') || !startsWith(bytes, 'WEBP', 8)) return null;
  if (startsWith(bytes, 'VP8X', 12)) {
    return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  }
  if (startsWith(bytes, 'VP8L', 12) && bytes[20] === 0x2f) {
    const packed = bytes.readUInt32LE(21);
    return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
  }
  if (!startsWith(bytes, 'VP8 ', 12) || !startsWith(bytes, '\x9d\x01\x2a', 23)) return null;
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}

/** AVIF: the first property `ispe` of the container (ISO/IEC 23008-12 6.5.3). Null for anything else. */
export function measureAvif(bytes: Buffer): Size | null {
  if (!startsWith(bytes, 'ftypavif', 4) && !startsWith(bytes, 'ftypavis', 4)) return null;
  const at = bytes.indexOf('ispe', 12, 'latin1');
  if (at === -1 || at + 16 > bytes.length) return null;
  return { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
}

/** ICO: the largest of its pictures; 0 stands for 256. Null for anything else. */
export function measureIco(bytes: Buffer): Size | null {
  if (bytes.length < 6 || !startsWith(bytes, '\0\0\x01\0')) return null;
  const count = bytes.readUInt16LE(4);
  if (count === 0 || bytes.length < 6 + 16 * count) return null;
  const sizes = Array.from({ length: count }, (_, index) => ({
    width: bytes.readUInt8(6 + 16 * index) || 256,
    height: bytes.readUInt8(7 + 16 * index) || 256,
  }));
  return sizes.reduce((largest, size) => (size.width > largest.width ? size : largest));
}
