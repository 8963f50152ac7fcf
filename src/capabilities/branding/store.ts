import { sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { PictureFormat } from '../../protocols/picture/index.ts';
import type { Look, PictureKind } from './contract.ts';

/** A picture without its content. */
export interface PictureRow {
  hash: string;
  format: PictureFormat;
  width: number | null;
  height: number | null;
}

export interface BrandingRow extends Look {
  environment_name: string;
  pictures: Partial<Record<PictureKind, PictureRow>>;
}

const lookColumns = sql`application_name, appearance, corner_radius, logo_style, primary_color, primary_color_dark,
  background_color, background_color_dark, link_color, link_color_dark`;

/** All that is known of an environment's look, in one statement: every page asks for it. */
export function findBranding(reader: Reader): Promise<BrandingRow> {
  return reader.one<BrandingRow>(sql`
    select environment.name as environment_name, application_name, coalesce(appearance, 'auto') as appearance,
      coalesce(corner_radius, 'medium') as corner_radius, coalesce(logo_style, 'logo') as logo_style,
      primary_color, primary_color_dark, background_color, background_color_dark, link_color, link_color_dark,
      coalesce((
        select jsonb_object_agg(kind,
          jsonb_build_object('hash', hash, 'format', format, 'width', width, 'height', height))
        from branding_picture where environment_id = ${reader.environmentId}), '{}') as pictures
    from environment left join branding on branding.environment_id = environment.id
    where environment.id = ${reader.environmentId}`);
}

/** Makes changes take turns, the first included. */
export async function lockBranding(tx: Tx): Promise<Look> {
  await tx.run(sql`
    insert into branding (environment_id, updated_at) values (${tx.environmentId}, ${tx.now})
    on conflict (environment_id) do nothing`);
  return tx.one<Look>(sql`
    select ${lookColumns} from branding where environment_id = ${tx.environmentId} for update`);
}

export async function updateLook(tx: Tx, look: Look): Promise<void> {
  await tx.run(sql`
    update branding set application_name = ${look.application_name}, appearance = ${look.appearance},
      corner_radius = ${look.corner_radius}, logo_style = ${look.logo_style},
      primary_color = ${look.primary_color}, primary_color_dark = ${look.primary_color_dark},
      background_color = ${look.background_color}, background_color_dark = ${look.background_color_dark},
      link_color = ${look.link_color}, link_color_dark = ${look.link_color_dark}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId}`);
}

export async function upsertPicture(
  tx: Tx,
  kind: PictureKind,
  picture: PictureRow & { content: Buffer },
): Promise<void> {
  await tx.run(sql`
    insert into branding_picture (environment_id, kind, hash, format, width, height, content, updated_at)
    values (${tx.environmentId}, ${kind}, ${picture.hash}, ${picture.format}, ${picture.width}, ${picture.height},
      ${picture.content}, ${tx.now})
    on conflict (environment_id, kind) do update set hash = excluded.hash, format = excluded.format,
      width = excluded.width, height = excluded.height, content = excluded.content, updated_at = excluded.updated_at`);
}

export function deletePictureRow(tx: Tx, kind: PictureKind): Promise<number> {
  return tx.run(sql`
    delete from branding_picture where environment_id = ${tx.environmentId} and kind = ${kind}`);
}

/** The same picture may serve in two places: either row will do. */
export function findPictureContent(
  reader: Reader,
  hash: string,
): Promise<{ content: Buffer; format: PictureFormat } | null> {
  return reader.maybeOne<{ content: Buffer; format: PictureFormat }>(sql`
    select content, format from branding_picture
    where environment_id = ${reader.environmentId} and hash = ${hash} limit 1`);
}
