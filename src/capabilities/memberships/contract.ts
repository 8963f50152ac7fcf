import { z } from 'zod';
import { QueryList, Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';
import { RoleSlug, SlimRole } from '../authorization/index.ts';
import { User } from '../users/index.ts';

export const MembershipStatus = z.enum(['active', 'inactive', 'pending']);
export type MembershipStatus = z.infer<typeof MembershipStatus>;

/** A membership as events tell of it. */
export const MembershipRecord = z
  .strictObject({
    object: z.literal('organization_membership'),
    id: z.string(),
    user_id: z.string(),
    organization_id: z.string(),
    status: MembershipStatus,
    role: SlimRole,
    roles: z.array(SlimRole),
    custom_attributes: z.record(z.string(), z.unknown()),
    directory_managed: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'OrganizationMembershipRecord' });
export type MembershipRecord = z.infer<typeof MembershipRecord>;

export const Membership = z
  .strictObject({ ...MembershipRecord.shape, organization_name: z.string(), user: User })
  .meta({ id: 'OrganizationMembership' });
export type Membership = z.infer<typeof Membership>;

export const MembershipList = listOf(Membership);

const roles = {
  role_slug: RoleSlug.optional(),
  role_slugs: z.array(RoleSlug).min(1).max(100).optional(),
};

const isOneOrNone = (input: { role_slug?: unknown; role_slugs?: unknown }): boolean =>
  input.role_slug === undefined || input.role_slugs === undefined;
const bothGiven = { path: ['role_slugs'], message: 'Send either role_slug or role_slugs, not both.' };

export const CreateMembership = z
  .object({ user_id: z.string().max(100), organization_id: z.string().max(100), ...roles })
  .refine(isOneOrNone, bothGiven);
export type CreateMembership = z.infer<typeof CreateMembership>;

/** A 422 of the operations that give roles. */
export const RoleRefusal = z.object({
  message: z.string(),
  code: z.string(),
  errors: z.array(z.object({ code: z.string(), field: z.string(), message: z.string() })).optional(),
  /** The role that cannot be given. */
  role_slug: z.string().optional(),
});

export const UpdateMembership = z.object(roles).refine(isOneOrNone, bothGiven);
export type UpdateMembership = z.infer<typeof UpdateMembership>;

export const ListMemberships = z.object({
  ...paginationQuery,
  user_id: z.string().max(100).optional(),
  organization_id: z.string().max(100).optional(),
  statuses: QueryList.pipe(z.array(MembershipStatus)).optional(),
});
export type ListMemberships = z.infer<typeof ListMemberships>;
