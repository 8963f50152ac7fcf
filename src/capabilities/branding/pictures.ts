import { invalidField } from '../../platform/errors.ts';
import { type Picture, type PictureFormat, readPicture } from '../../protocols/picture/index.ts';
import type { PictureKind } from './contract.ts';

/** What a picture may be (spec/authkit 20). */
interface PictureRule {
  formats: readonly PictureFormat[];
  /** Of each side, in pixels. */
  smallest: number;
  isSquare: boolean;
}

const logoFormats: readonly PictureFormat[] = ['png', 'jpeg', 'webp', 'svg'];
const logo: PictureRule = { formats: logoFormats, smallest: 160, isSquare: false };
const icon: PictureRule = { formats: logoFormats, smallest: 160, isSquare: true };

const rules: Readonly<Record<PictureKind, PictureRule>> = {
  logo,
  logo_dark: logo,
  icon,
  icon_dark: icon,
  favicon: { formats: [...logoFormats, 'gif', 'avif', 'ico'], smallest: 32, isSquare: true },
};

export const largestPictureBytes = 100_000;

/** Of each side: few bytes can unfold to more pixels than a browser has memory for. */
const largestSide = 4_096;

/** Says what the bytes are. @throws ApiError 422 when they are no picture of the kind */
export function checkPicture(kind: PictureKind, bytes: Uint8Array): Picture {
  const { formats, smallest, isSquare } = rules[kind];
  const refusal = (code: string, message: string) => invalidField(kind, code, message);
  const read = readPicture(bytes);
  if (!read.ok || !formats.includes(read.value.format)) {
    throw refusal(
      'unsupported_format',
      `Send one of these: ${formats.join(', ')}. The content decides, not the name.`,
    );
  }
  const { size } = read.value;
  if (size === null) return read.value;
  const { width, height } = size;
  if (Math.min(width, height) < smallest) {
    throw refusal(
      'too_small',
      `Each side must have at least ${smallest} pixels: this is ${width} by ${height}.`,
    );
  }
  if (Math.max(width, height) > largestSide) {
    throw refusal(
      'too_big',
      `Each side may have at most ${largestSide} pixels: this is ${width} by ${height}.`,
    );
  }
  if (isSquare && width !== height) {
    throw refusal('not_square', `Both sides must be equal: this is ${width} by ${height}.`);
  }
  return read.value;
}
