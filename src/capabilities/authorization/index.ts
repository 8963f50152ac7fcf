/**
 * Authorization: roles, who holds them, and what they may do.
 *
 * Owns: `role`, `membership_role`.
 * Emits: nothing yet.
 * Invariants: every environment has one default role from its start; a role belongs to the environment or to one
 * organization, and no other organization can give it; a membership holds at least one role, the default one when it
 * was given none; what a membership may do is read in one place, `accessOfMembership`.
 */
export { Access, RoleSlug, SlimRole } from './contract.ts';
export { assignRoles, chooseRoles, defaultRole, findRole, resolveAccess } from './authorization.ts';
export { type Role, accessOfMembership, deleteRolesOfOrganization } from './store.ts';
