import { z } from 'zod';
import { RoleType } from '../roles/contract.ts';

/** What a membership may do: the role that goes first, all of its roles in that order, and their permissions. */
export const Access = z.object({
  role: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
});
export type Access = z.infer<typeof Access>;

/** The same with its reasons. */
export const ExplainedAccess = z
  .strictObject({
    object: z.literal('access'),
    organization_membership_id: z.string(),
    organization_id: z.string(),
    roles: z.array(
      z.strictObject({
        slug: z.string(),
        name: z.string(),
        type: RoleType,
        /** Who gave it; `default` when nobody named a role. */
        sources: z.array(z.enum(['direct', 'directory', 'sso', 'default'])),
      }),
    ),
    permissions: z.array(
      z.strictObject({
        slug: z.string(),
        /** The slugs of the roles that grant it. */
        roles: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'ExplainedAccess' });
export type ExplainedAccess = z.infer<typeof ExplainedAccess>;
