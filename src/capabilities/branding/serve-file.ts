import { notFound } from '../../platform/errors.ts';
import { Reply } from '../../platform/operation.ts';
import type { Reader } from '../../platform/scope.ts';
import { pictureFormats } from '../../protocols/picture/index.ts';
import { hashContent } from './branding.ts';
import { findBranding, findPictureContent } from './store.ts';
import { writeStyle } from './style.ts';

const filePattern = /^([0-9a-f]{32})\.([a-z]{3,4})$/;

/** Answers a picture or the style of the environment. @throws ApiError 404 */
export async function serveFile(reader: Reader, file: string): Promise<Reply> {
  const [, hash, extension] = filePattern.exec(file) ?? [];
  if (hash === undefined) throw notFound('File', file);
  return extension === 'css'
    ? serveStyle(reader, hash, file)
    : servePicture(reader, { hash, extension, file });
}

async function servePicture(
  reader: Reader,
  { hash, extension, file }: { hash: string; extension: string | undefined; file: string },
): Promise<Reply> {
  const found = await findPictureContent(reader, hash);
  if (!found || pictureFormats[found.format].extension !== extension) throw notFound('File', file);
  const { contentType } = pictureFormats[found.format];
  return new Reply(200, headers(contentType, hash, true), new Uint8Array(found.content));
}

/** A page that was made a moment before a change asks for the style of before: it is given the one of now, unpinned. */
async function serveStyle(reader: Reader, hash: string, file: string): Promise<Reply> {
  const style = writeStyle(await findBranding(reader));
  if (style === null) throw notFound('File', file);
  const current = hashContent(style);
  return new Reply(200, headers('text/css; charset=utf-8', current, current === hash), style);
}

/**
 * What others sent is a picture and nothing else, also when somebody opens its address: an SVG becomes a document of
 * no origin, without script and without requests.
 */
const headers = (contentType: string, hash: string, isPinned: boolean): Record<string, string> => ({
  'content-type': contentType,
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
  'cross-origin-resource-policy': 'same-origin',
  etag: `"${hash}"`,
  'cache-control': isPinned ? 'public, max-age=31536000, immutable' : 'no-cache',
});
