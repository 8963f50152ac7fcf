/**
 * Memberships: people in organizations, and whether they may act there.
 *
 * Owns: `membership`.
 * Emits: `organization_membership.created`, `organization_membership.updated`, `organization_membership.deleted`.
 * Invariants: a user has at most one membership of an organization; a pending one is neither deactivated nor
 * reactivated; whoever is deactivated keeps their roles and loses their sessions there; a step that changes nothing
 * writes and emits nothing; a deleted user or organization takes its memberships with it, each with its event, and no
 * read shows one of a deleted organization.
 */
import './taken-roles.ts';

export { Membership, MembershipStatus } from './contract.ts';
export { whenMembershipEnds } from './endings.ts';
export { eraseMembershipsJob } from './jobs.ts';
export {
  acceptMembership,
  assignRolesFromGroups,
  createMembership,
  deactivateMembership,
  getMembership,
  updateMembership,
} from './memberships.ts';
export { provideMembership } from './provide-membership.ts';
export { membershipOperations } from './routes.ts';
export {
  type ActiveMembership,
  type MembershipAccess,
  activeMembershipOf,
  findActiveMembership,
  holdActiveMemberships,
  listActiveMemberships,
} from './store.ts';
