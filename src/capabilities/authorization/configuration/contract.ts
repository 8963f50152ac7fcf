import { z } from 'zod';
import { RoleSlug } from '../contract.ts';

/** How roles are given in an environment. */
export const RoleSettings = z.object({
  /** Whether one membership may hold several roles. */
  multiple_roles_enabled: z.boolean().default(false),
});

/** The default role and the order of priority, of the environment or of an organization. */
export const RoleConfiguration = z
  .strictObject({
    object: z.literal('role_configuration'),
    /** Null for the environment's. */
    organization_id: z.string().nullable(),
    /** True while the organization has no role of its own, and so follows the environment. */
    inherited: z.boolean(),
    default_role_slug: z.string(),
    /** Every role that can be given there, the highest priority first. */
    role_slugs: z.array(z.string()),
  })
  .meta({ id: 'RoleConfiguration' });
export type RoleConfiguration = z.infer<typeof RoleConfiguration>;

export const UpdateRoleConfiguration = z.strictObject({
  default_role_slug: RoleSlug.optional(),
  /** All of them, in their new order. */
  role_slugs: z.array(RoleSlug).max(1_000).optional(),
});
export type UpdateRoleConfiguration = z.infer<typeof UpdateRoleConfiguration>;
