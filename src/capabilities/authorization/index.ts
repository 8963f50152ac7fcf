/**
 * Authorization: permissions, roles, who holds them, and what they may do.
 *
 * Owns: `permission`, `role`, `role_configuration`, `membership_role`, `group_role_mapping`.
 * Emits: `permission.created`, `permission.updated`, `permission.deleted`, `role.created`, `role.updated`,
 * `role.deleted`, `organization_role.created`, `organization_role.updated`, `organization_role.deleted`.
 * Invariants: every environment has one default role from its start; a role belongs to the environment or to one
 * organization, and no other organization can give it; slugs never change; an organization has a default and an order
 * of its own exactly while it has a role of its own; a membership holds at least one role, the default one when it was
 * given none; a role that is being deleted is in no answer, and nobody is given it; what a membership may do is read in
 * one place, `accessOfMembership`.
 */
import { accessOperations } from './access/routes.ts';
import { keepFirstRoleJob } from './assignments/jobs.ts';
import { roleConfigurationOperations } from './configuration/routes.ts';
import { takePermissionJob } from './permissions/jobs.ts';
import { permissionOperations } from './permissions/routes.ts';
import { deleteRoleJob } from './roles/jobs.ts';
import { organizationRoleOperations } from './roles/organization-routes.ts';
import { roleOperations } from './roles/routes.ts';

export const authorizationOperations = [
  ...permissionOperations,
  ...roleOperations,
  ...organizationRoleOperations,
  ...roleConfigurationOperations,
  ...accessOperations,
];

export const authorizationJobs = [takePermissionJob, deleteRoleJob, keepFirstRoleJob];

export { CreatePermission } from './permissions/contract.ts';
export { CreateRole } from './roles/contract.ts';
export { RoleSlug, SlimRole } from './contract.ts';
export { Access } from './access/contract.ts';
export { resolveAccess } from './access/access.ts';
export { accessOfMembership, formerAccessOfMembership } from './access/store.ts';
export { assignRoles, chooseRoles } from './assignments/assignments.ts';
export type { ChosenRoles, GroupMapping, GroupProvider, ProviderGroups } from './assignments/contract.ts';
export {
  listGroupMappings,
  listRolesFromGroups,
  rolesFromGroups,
  setGroupMappings,
} from './assignments/groups.ts';
export { type ChangeHolders, whenRolesAreTaken } from './assignments/holders.ts';
export { provideConfiguration, providePermission, provideRole } from './provide.ts';
export { deleteRolesOfOrganization } from './roles/organization-roles.ts';
