import { type Result, err, ok } from '../../lib/result.ts';
import { isSvg } from './svg.ts';
import {
  type Size,
  measureAvif,
  measureGif,
  measureIco,
  measureJpeg,
  measurePng,
  measureWebp,
} from './sizes.ts';

/** The media type of each format, and how names of its files end. */
export const pictureFormats = {
  png: { contentType: 'image/png', extension: 'png' },
  jpeg: { contentType: 'image/jpeg', extension: 'jpg' },
  gif: { contentType: 'image/gif', extension: 'gif' },
  webp: { contentType: 'image/webp', extension: 'webp' },
  avif: { contentType: 'image/avif', extension: 'avif' },
  ico: { contentType: 'image/x-icon', extension: 'ico' },
  svg: { contentType: 'image/svg+xml', extension: 'svg' },
} as const;
export type PictureFormat = keyof typeof pictureFormats;

export interface Picture {
  format: PictureFormat;
  /** In pixels; null for a drawing, which has any size. */
  size: Size | null;
}

const measures: readonly (readonly [PictureFormat, (bytes: Buffer) => Size | null])[] = [
  ['png', measurePng],
  ['jpeg', measureJpeg],
  ['gif', measureGif],
  ['webp', measureWebp],
  ['avif', measureAvif],
  ['ico', measureIco],
];

/**
 * Says which picture the bytes are, by what they begin with, and how many pixels it has. Fails for anything that is
 * none of the formats or ends before its size is told. Never throws.
 */
export function readPicture(bytes: Uint8Array): Result<Picture, 'unrecognized'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [format, measure] of measures) {
    const size = measure(buffer);
    if (size !== null && size.width > 0 && size.height > 0) return ok({ format, size });
  }
  return isSvg(buffer) ? ok({ format: 'svg', size: null }) : err('unrecognized');
}
