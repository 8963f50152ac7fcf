import { z } from 'zod';
import { LineOfText } from '../../platform/contract.ts';

export const appearances = ['auto', 'light', 'dark'] as const;
export const cornerRadii = ['none', 'small', 'medium', 'large'] as const;
export type CornerRadius = (typeof cornerRadii)[number];

/** The pictures of an environment. A dark one stands in for the other on dark grounds. */
export const pictureKinds = ['logo', 'logo_dark', 'icon', 'icon_dark', 'favicon'] as const;
export type PictureKind = (typeof pictureKinds)[number];

export const BrandingPicture = z
  .strictObject({
    url: z.url(),
    content_type: z.string(),
    /** In pixels; null for SVG, which has any size. */
    width: z.int().nullable(),
    height: z.int().nullable(),
  })
  .meta({ id: 'BrandingPicture' });
export type BrandingPicture = z.infer<typeof BrandingPicture>;

/** `#rrggbb` and nothing else: it is written into a style sheet. */
const Color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #4f46e5')
  .toLowerCase();

const look = {
  /** What people know the application as; null for the name of the environment. */
  application_name: LineOfText.min(1).max(100).nullable(),
  appearance: z.enum(appearances),
  corner_radius: z.enum(cornerRadii),
  logo_style: z.enum(['logo', 'icon']),
  /** Buttons. What is written on them is black or white, whichever can be read. */
  primary_color: Color.nullable(),
  primary_color_dark: Color.nullable(),
  /** What the page is, around the card. */
  background_color: Color.nullable(),
  background_color_dark: Color.nullable(),
  /** Links and the ring around what has the focus; made darker or lighter until they can be read. */
  link_color: Color.nullable(),
  link_color_dark: Color.nullable(),
};

/** What is set of the look; null is Doorwright's own, or for a dark colour the light one. */
export const Look = z.strictObject(look);
export type Look = z.infer<typeof Look>;

export const Branding = z
  .strictObject({
    object: z.literal('branding'),
    ...look,
    logo: BrandingPicture.nullable(),
    logo_dark: BrandingPicture.nullable(),
    icon: BrandingPicture.nullable(),
    icon_dark: BrandingPicture.nullable(),
    favicon: BrandingPicture.nullable(),
  })
  .meta({ id: 'Branding' });
export type Branding = z.infer<typeof Branding>;

/** Changes what is given and leaves the rest; null takes a value back. */
export const UpdateBranding = z.strictObject(look).partial();
export type UpdateBranding = z.infer<typeof UpdateBranding>;

/** A picture or style by the beginning of its content's SHA-256. */
export const ByFile = z.object({ clientId: z.string().max(100), file: z.string().max(100) });
