import { changedFrom } from '../../../lib/object.ts';
import { defineEvent, emit } from '../../../platform/events/events.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { OrganizationRoleRecord, RoleRecord } from './contract.ts';
import type { RoleRow } from './store.ts';

export const RoleCreated = defineEvent('role.created', RoleRecord);
export const RoleUpdated = defineEvent('role.updated', RoleRecord);
export const RoleDeleted = defineEvent('role.deleted', RoleRecord);
export const OrganizationRoleCreated = defineEvent('organization_role.created', OrganizationRoleRecord);
export const OrganizationRoleUpdated = defineEvent('organization_role.updated', OrganizationRoleRecord);
export const OrganizationRoleDeleted = defineEvent('organization_role.deleted', OrganizationRoleRecord);

const types = {
  created: { environment: RoleCreated, organization: OrganizationRoleCreated },
  updated: { environment: RoleUpdated, organization: OrganizationRoleUpdated },
  deleted: { environment: RoleDeleted, organization: OrganizationRoleDeleted },
} as const;

/** Tells of a role, in the words for whose it is. */
export function emitRole(tx: Tx, what: keyof typeof types, role: RoleRow, before?: RoleRow): void {
  const {
    organization_id: organizationId,
    slug,
    resource_type_slug,
    permissions,
    created_at,
    updated_at,
  } = role;
  const shared = { slug, resource_type_slug, permissions, created_at, updated_at };
  const options = { organizationId, ...(before && { previousAttributes: previousOf(before, role) }) };
  if (organizationId === null) {
    emit(tx, types[what].environment, { object: 'role', ...shared }, options);
    return;
  }
  const { name, description } = role;
  const data = {
    object: 'organization_role' as const,
    organization_id: organizationId,
    name,
    description,
    ...shared,
  };
  emit(tx, types[what].organization, data, options);
}

function previousOf(before: RoleRow, after: RoleRow): Record<string, unknown> {
  const { updated_at: _, granted: _granted, ...previous } = changedFrom(before, after);
  return previous;
}
