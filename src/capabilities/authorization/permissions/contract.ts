import { z } from 'zod';
import { Timestamp, listOf, paginationQuery } from '../../../platform/contract.ts';
import { Description, Name, ResourceTypeSlug } from '../contract.ts';

export const Permission = z
  .strictObject({
    object: z.literal('permission'),
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    system: z.boolean(),
    resource_type_slug: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'AuthorizationPermission' });
export type Permission = z.infer<typeof Permission>;

export const PermissionList = listOf(Permission);

/** A path of dots alone is none: whoever reads an address takes `.` and `..` for places in it. */
const slugRule = 'A slug has lowercase letters, digits and - _ : . * only, and not just dots.';

export const CreatePermission = z.object({
  slug: z
    .string()
    .min(1)
    .max(48)
    .regex(/^(?!\.+$)[a-z0-9_:.*-]+$/, slugRule),
  name: Name,
  description: Description,
  resource_type_slug: ResourceTypeSlug,
});
export type CreatePermission = z.infer<typeof CreatePermission>;

export const ListPermissions = z.object(paginationQuery);
export type ListPermissions = z.infer<typeof ListPermissions>;

/** An environment's permissions, those of the product included. */
export const mostPermissions = 5_000;
