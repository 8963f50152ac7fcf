import { ApiError } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { readSettingsNow } from '../../environments/index.ts';
import { roleSettings } from '../configuration/settings.ts';
import type { ChosenRoles } from './contract.ts';
import * as store from './store.ts';

/**
 * The roles that a membership is to be given: those that are named, each once, else the default role.
 * @throws ApiError 422 for a role that the organization does not have, and for several where one is the rule
 */
export async function chooseRoles(
  tx: Tx,
  organizationId: string,
  slugs: readonly string[] | null,
): Promise<ChosenRoles> {
  if (slugs === null) return chooseDefault(tx, organizationId);
  const wanted = [...new Set(slugs)];
  if (wanted.length > 1) await refuseSeveral(tx, organizationId, wanted);
  const roles = await store.holdRoles(tx, { slugs: wanted, organizationId });
  refuseUnknownRole(wanted, roles);
  return { roles, source: 'direct' };
}

/** The default role of the organization, for whoever is given no other. */
export async function chooseDefault(tx: Tx, organizationId: string): Promise<ChosenRoles> {
  const role = await store.holdDefaultRole(tx, organizationId);
  // Replaced while the statement waited for whoever deleted it: the next statement sees the role that came after.
  return role === null ? chooseDefault(tx, organizationId) : { roles: [role], source: 'default' };
}

/** @throws ApiError 422 for a role that is wanted and was not found */
export function refuseUnknownRole(wanted: readonly string[], roles: readonly { slug: string }[]): void {
  const unknown = wanted.find((slug) => !roles.some((role) => role.slug === slug));
  if (unknown === undefined) return;
  throw new ApiError('invalid_role', {
    status: 422,
    message: `The organization has no role '${unknown}'.`,
    fields: { role_slug: unknown },
  });
}

/** An unknown role is told before the rule: the call is wrong in either mode. */
async function refuseSeveral(tx: Tx, organizationId: string, wanted: readonly string[]): Promise<void> {
  if (await hasMultipleRoles(tx)) return;
  refuseUnknownRole(wanted, await store.holdRoles(tx, { slugs: wanted, organizationId }));
  throw new ApiError('multiple_roles_not_enabled', {
    status: 422,
    message:
      'This environment gives one role to each membership. Give one, or set roles.multiple_roles_enabled with PATCH /management/settings.',
  });
}

/**
 * Whether memberships may hold several roles, for somebody who is about to give them: until the transaction ends nobody
 * switches it off, so that whoever does finds what was given.
 */
export async function hasMultipleRoles(tx: Tx): Promise<boolean> {
  await store.holdSettings(tx);
  return (await readSettingsNow(tx, roleSettings)).multiple_roles_enabled;
}

/**
 * Gives a membership these roles in place of those that it holds, whoever gave them. False when it holds just these
 * from the same source: nothing was written.
 */
export async function assignRoles(tx: Tx, membershipId: string, chosen: ChosenRoles): Promise<boolean> {
  const held = await store.listAssignments(tx, membershipId);
  const ids = new Set(chosen.roles.map(({ id }) => id));
  const isSame =
    held.length === ids.size &&
    held.every(({ role_id, source }) => ids.has(role_id) && source === chosen.source);
  if (isSame) return false;
  await store.replaceAssignments(tx, membershipId, chosen);
  return true;
}
