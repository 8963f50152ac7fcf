import { z } from 'zod';

/** A role as its holder shows it. */
export const SlimRole = z.strictObject({ slug: z.string() }).meta({ id: 'SlimRole' });
export type SlimRole = z.infer<typeof SlimRole>;

/** A role as callers name it. */
export const RoleSlug = z.string().min(1).max(48);

/** What a membership may do: the role that goes first, all of its roles in that order, and their permissions. */
export const Access = z.object({
  role: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
});
export type Access = z.infer<typeof Access>;

/** How roles are given in an environment. */
export const RoleSettings = z.object({
  /** Whether one membership may hold several roles. */
  multiple_roles_enabled: z.boolean().default(false),
});
