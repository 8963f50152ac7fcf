import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { Description, Name, ResourceTypeSlug } from '../contract.ts';

export const RoleType = z.enum(['EnvironmentRole', 'OrganizationRole']);

export const Role = z
  .strictObject({
    object: z.literal('role'),
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    type: RoleType,
    resource_type_slug: z.string(),
    permissions: z.array(z.string()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

/** In the order of priority, and whole: an organization has few. */
export const RoleList = z.object({ object: z.literal('list'), data: z.array(Role) }).meta({ id: 'RoleList' });
export type RoleList = z.infer<typeof RoleList>;

/** An environment role as its events tell of it. */
export const RoleRecord = z
  .strictObject({
    object: z.literal('role'),
    slug: z.string(),
    resource_type_slug: z.string(),
    permissions: z.array(z.string()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'RoleRecord' });

/** A role of an organization as its events tell of it. */
export const OrganizationRoleRecord = z
  .strictObject({
    object: z.literal('organization_role'),
    organization_id: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    resource_type_slug: z.string(),
    permissions: z.array(z.string()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'OrganizationRoleRecord' });

const slugRule = 'A slug has lowercase letters, digits, - and _ only.';

export const CreateRole = z.object({
  slug: z
    .string()
    .min(1)
    .max(48)
    .regex(/^[a-z0-9_-]+$/, slugRule),
  name: Name,
  description: Description,
  resource_type_slug: ResourceTypeSlug,
});
export type CreateRole = z.infer<typeof CreateRole>;

/** Where slugs of organizations' roles begin, so that they are told from the environment's at sight. */
export const organizationPrefix = 'org-';

export const CreateOrganizationRole = z.object({
  /** Made from the name when it is left out. */
  slug: z
    .string()
    .max(48)
    .regex(
      /^org-[a-z0-9_-]+$/,
      "The slug of an organization's role is org- and then lowercase letters, digits, - and _.",
    )
    .optional(),
  name: Name,
  description: Description,
  resource_type_slug: ResourceTypeSlug,
});
export type CreateOrganizationRole = z.infer<typeof CreateOrganizationRole>;

/** Of the environment, and of each organization. */
export const mostRoles = 500;
/** In one role. */
export const mostPermissionsOfRole = 2_500;

const PermissionSlug = z.string().min(1).max(48);

export const SetRolePermissions = z.object({
  permissions: z.array(PermissionSlug).max(mostPermissionsOfRole),
});
export type SetRolePermissions = z.infer<typeof SetRolePermissions>;

export const AddRolePermission = z.object({ slug: PermissionSlug });

export const ByOrganization = z.object({ organization_id: z.string().max(100) });
export const ByOrganizationAndSlug = ByOrganization.extend({ slug: z.string().max(100) });
export const ByPermissionOfOrganizationRole = ByOrganizationAndSlug.extend({
  permission_slug: z.string().max(100),
});

export const DeleteRole = z.object({
  /** The default role from now on of organizations whose default is the deleted one. */
  replacement_role_slug: z.string().min(1).max(48).optional(),
});
export type DeleteRole = z.infer<typeof DeleteRole>;
