import assert from 'node:assert/strict';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { readSettings } from '../../environments/index.ts';
import { roleSettings } from '../configuration/settings.ts';
import { chooseDefault, hasMultipleRoles, refuseUnknownRole } from './assignments.ts';
import type { ChosenRoles, GivenRole, GroupMapping, GroupProvider, ProviderGroups } from './contract.ts';
import * as store from './store.ts';

/**
 * The roles that an identity provider's groups give a member of an organization: those that the groups are mapped to,
 * or the one of highest priority where each membership has one; the default role when no group is mapped. They take the
 * place of whatever was given before.
 */
export async function rolesFromGroups(
  tx: Tx,
  organizationId: string,
  groups: ProviderGroups,
): Promise<ChosenRoles> {
  const mapped = await store.holdMappedRoles(tx, organizationId, groups);
  if (mapped.length === 0) return chooseDefault(tx, organizationId);
  const isSeveral = mapped.length > 1 && (await hasMultipleRoles(tx));
  return { roles: isSeveral ? mapped : mapped.slice(0, 1), source: groups.source };
}

/**
 * The same for answering: SSO profiles and directory users hold nothing themselves, their roles follow from the groups
 * that they are in. By priority; never empty.
 */
export async function listRolesFromGroups(
  reader: Reader,
  organizationId: string,
  groups: ProviderGroups,
): Promise<readonly GivenRole[]> {
  const mapped = await store.listMappedRoles(reader, organizationId, groups);
  if (mapped.length === 0) return [await store.findDefaultRole(reader, organizationId)];
  const { multiple_roles_enabled: isSeveral } = await readSettings(reader, roleSettings);
  return isSeveral ? mapped : mapped.slice(0, 1);
}

/** What the groups of a directory or connection stand for, by group. */
export function listGroupMappings(
  reader: Reader,
  organizationId: string,
  provider: GroupProvider,
): Promise<GroupMapping[]> {
  return store.listMappings(reader, organizationId, provider);
}

/**
 * Says anew what the groups of a directory or connection stand for; an empty list when it is deleted. Whoever is in
 * these groups is given their roles by the caller, or with the identity provider's next word.
 * @throws ApiError 422 for a role that the organization cannot give
 */
export async function setGroupMappings(
  tx: Tx,
  organizationId: string,
  provider: GroupProvider,
  mappings: readonly GroupMapping[],
): Promise<void> {
  const wanted = [...new Set(mappings.map(({ roleSlug }) => roleSlug))];
  const roles = await store.holdRoles(tx, { slugs: wanted, organizationId });
  refuseUnknownRole(wanted, roles);
  const idOf = new Map(roles.map(({ slug, id }) => [slug, id]));
  const rows = mappings.map(({ groupId, roleSlug }) => {
    const roleId = idOf.get(roleSlug);
    assert(roleId, 'an unknown role was refused');
    return { groupId, roleId };
  });
  await store.replaceMappings(tx, organizationId, provider, rows);
}
