import { createHash } from 'node:crypto';
import type { Branding as PageBranding } from '../../pages/index.ts';
import { notFound } from '../../platform/errors.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Urls } from '../../platform/urls.ts';
import { pictureFormats } from '../../protocols/picture/index.ts';
import { type Branding, Look, type PictureKind, type UpdateBranding, pictureKinds } from './contract.ts';
import { checkPicture } from './pictures.ts';
import {
  type PictureRow,
  deletePictureRow,
  findBranding,
  lockBranding,
  updateLook,
  upsertPicture,
} from './store.ts';
import { writeStyle } from './style.ts';

export interface BrandingDeps {
  urls: Urls;
}

/** The beginning of a content's SHA-256: enough to tell a dozen contents of one environment apart. */
export const hashContent = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 32);

/** Below the origin of any page: on it the address is as good as an absolute one. */
const pathOf = ({ environment }: Reader, hash: string, extension: string): string =>
  `/_branding/${environment.client_id}/${hash}.${extension}`;

const picturePath = (reader: Reader, { hash, format }: PictureRow): string =>
  pathOf(reader, hash, pictureFormats[format].extension);

/** How the environment looks on pages; `name` is also who writes its messages. */
export async function readBranding(reader: Reader): Promise<PageBranding> {
  const row = await findBranding(reader);
  const { pictures } = row;
  const pathTo = (...kinds: readonly PictureKind[]): string | null => {
    const kind = kinds.find((candidate) => pictures[candidate]);
    const picture = kind && pictures[kind];
    return picture ? picturePath(reader, picture) : null;
  };
  const style = writeStyle(row);
  const isIcon = row.logo_style === 'icon';
  return {
    name: row.application_name ?? row.environment_name,
    logoUrl: isIcon ? pathTo('icon', 'icon_dark') : pathTo('logo', 'logo_dark'),
    darkLogoUrl: isIcon ? pathTo('icon_dark') : pathTo('logo_dark'),
    faviconUrl: pathTo('favicon'),
    styleUrl: style === null ? null : pathOf(reader, hashContent(style), 'css'),
    appearance: row.appearance,
  };
}

export async function getBranding(reader: Reader, { urls }: BrandingDeps): Promise<Branding> {
  const { environment_name: _, pictures, ...look } = await findBranding(reader);
  const wired = pictureKinds.map((kind) => {
    const picture = pictures[kind];
    if (!picture) return [kind, null] as const;
    const url = urls.origin(reader.environment, 'auth') + picturePath(reader, picture);
    const { width, height, format } = picture;
    return [kind, { url, content_type: pictureFormats[format].contentType, width, height }] as const;
  });
  const shown = Object.fromEntries(wired) as Pick<Branding, PictureKind>;
  return { object: 'branding', ...look, ...shown };
}

/** Changes what is given and leaves the rest. */
export async function updateBranding(tx: Tx, input: UpdateBranding, deps: BrandingDeps): Promise<Branding> {
  const current = await lockBranding(tx);
  await updateLook(tx, Look.parse({ ...current, ...input }));
  return getBranding(tx, deps);
}

/** @throws ApiError 422 when the bytes are no picture of the kind */
export async function putPicture(
  tx: Tx,
  { kind, bytes }: { kind: PictureKind; bytes: Uint8Array },
  deps: BrandingDeps,
): Promise<Branding> {
  const { format, size } = checkPicture(kind, bytes);
  const { width, height } = size ?? { width: null, height: null };
  const content = Buffer.from(bytes);
  await upsertPicture(tx, kind, { hash: hashContent(content), format, width, height, content });
  return getBranding(tx, deps);
}

/** @throws ApiError 404 when there is none */
export async function deletePicture(tx: Tx, kind: PictureKind): Promise<void> {
  if ((await deletePictureRow(tx, kind)) === 0) throw notFound('Picture', kind);
}
