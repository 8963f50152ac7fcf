import { crc32, deflateSync } from 'node:zlib';

// Pictures for tests. The PNG is whole; of the others no more is made than says what they are and how large.

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const uint16LE = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const uint24LE = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16]);

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

type Pixel = readonly [red: number, green: number, blue: number];

/** A PNG of one colour. */
export function makePng(width: number, height: number, [red, green, blue]: Pixel = [79, 70, 229]): Buffer {
  const row = Buffer.from([0, ...Array.from({ length: width }, () => [red, green, blue]).flat()]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const makeGif = (width: number, height: number): Buffer =>
  Buffer.concat([Buffer.from('GIF89a'), uint16LE(width), uint16LE(height), Buffer.alloc(3)]);

/** With a comment and fill bytes before the frame's header. */
export const makeJpeg = (width: number, height: number): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 4, 0x41, 0x42, 0xff, 0xff, 0xc2, 0, 17, 8]),
    uint32(height * 65_536 + width),
    Buffer.alloc(8),
  ]);

const riff = (form: string, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${form}\0\0\0\0`, 'latin1'), data, Buffer.alloc(10)]);

export const makeWebp = {
  lossy: (width: number, height: number): Buffer =>
    riff('VP8 ', Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 1, 0x2a]), uint16LE(width), uint16LE(height)])),
  lossless: (width: number, height: number): Buffer => {
    const packed = Buffer.alloc(4);
    packed.writeUInt32LE((((height - 1) << 14) | (width - 1)) >>> 0);
    return riff('VP8L', Buffer.concat([Buffer.from([0x2f]), packed]));
  },
  extended: (width: number, height: number): Buffer =>
    riff('VP8X', Buffer.concat([Buffer.alloc(4), uint24LE(width - 1), uint24LE(height - 1)])),
};

export const makeAvif = (width: number, height: number): Buffer =>
  Buffer.concat([
    Buffer.from('\0\0\0\x1cftypavif\0\0\0\0\0\0\0\x14ispe\0\0\0\0', 'latin1'),
    uint32(width),
    uint32(height),
  ]);

/** An icon with pictures of these sides; 256 is written as 0. */
export const makeIco = (...sides: readonly number[]): Buffer =>
  Buffer.concat([
    Buffer.from([0, 0, 1, 0, sides.length, 0]),
    ...sides.map((side) => Buffer.concat([Buffer.from([side % 256, side % 256]), Buffer.alloc(14)])),
  ]);

/** @param inside elements of the drawing */
export const makeSvg = (inside = ''): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 80" width="320" height="80">${inside}</svg>`,
  );
