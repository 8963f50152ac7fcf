import { z } from 'zod';
import { LineOfText, LinesOfText } from '../../platform/contract.ts';

/** Words that roles and permissions share. */

/** A role as its holder shows it. */
export const SlimRole = z.strictObject({ slug: z.string() }).meta({ id: 'SlimRole' });
export type SlimRole = z.infer<typeof SlimRole>;

/** A role as callers name it. */
export const RoleSlug = z.string().min(1).max(48);

export const Name = LineOfText.min(1).max(48);
/** Blanks alone are no description. */
export const Description = LinesOfText.max(150)
  .transform((text) => (text === '' ? null : text))
  .nullable()
  .optional();

/** What kind of thing a role or permission is about. */
export const ResourceTypeSlug = z.string().min(1).max(48).default('organization');

/** Path parameters of an operation on one role or permission. */
export const BySlug = z.object({ slug: z.string().max(100) });

/** What may be changed of roles and permissions: null clears the description, what is absent stays. */
export const UpdateText = z.object({ name: Name.optional(), description: Description });
export type UpdateText = z.infer<typeof UpdateText>;
