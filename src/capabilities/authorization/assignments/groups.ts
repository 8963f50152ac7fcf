import type { Tx } from '../../../platform/transaction.ts';
import { chooseDefault, hasMultipleRoles } from './assignments.ts';
import type { ChosenRoles, ProviderGroups } from './contract.ts';
import { holdMappedRoles, insertMapping } from './store.ts';

/**
 * The roles that an identity provider's groups give somebody in an organization: those that the groups are mapped to,
 * or the one of highest priority where each membership has one; the default role when no group is mapped. They take the
 * place of whatever was given before.
 */
export async function rolesFromGroups(
  tx: Tx,
  organizationId: string,
  groups: ProviderGroups,
): Promise<ChosenRoles> {
  const mapped = await holdMappedRoles(tx, organizationId, groups);
  const [first] = mapped;
  if (first === undefined) return chooseDefault(tx, organizationId);
  const isSeveral = mapped.length > 1 && (await hasMultipleRoles(tx));
  return { roles: isSeveral ? mapped : [first], source: groups.source };
}

/** Maps a group to a role that the organization can give. The caller has found the role and holds it. */
export function mapGroup(tx: Tx, mapping: Parameters<typeof insertMapping>[1]): Promise<void> {
  return insertMapping(tx, mapping);
}
