import { ApiError } from '../../platform/errors.ts';
import { onCreate } from '../../platform/lifecycle.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { defineSettings, readSettings } from '../environments/index.ts';
import { type Access, RoleSettings } from './contract.ts';
import * as store from './store.ts';

export const roleSettings = defineSettings('roles', RoleSettings);

/** Every environment has a role to begin with: whoever joins an organization without another one is given it. */
onCreate('environment', (tx, environmentId) => store.insertDefaultRole(tx, environmentId, 'member'));

/** The role of this slug that the organization can give, or null: another organization's is not there. */
export async function findRole(
  reader: Reader,
  { slug, organizationId }: { slug: string; organizationId: string },
): Promise<store.Role | null> {
  const [role] = await store.findRoles(reader, { slugs: [slug], organizationId });
  return role ?? null;
}

/** The role of whoever joins the organization without another one. */
export function defaultRole(reader: Reader, organizationId: string): Promise<store.Role> {
  return store.findDefaultRole(reader, organizationId);
}

/**
 * The roles that a membership is to be given: those that are named, each once, else the default role.
 * @throws ApiError 422 for a role that the organization does not have, and for several where one is the rule
 */
export async function chooseRoles(
  reader: Reader,
  organizationId: string,
  slugs: readonly string[] | null,
): Promise<readonly store.Role[]> {
  if (slugs === null) return [await defaultRole(reader, organizationId)];
  const wanted = [...new Set(slugs)];
  const roles = await store.findRoles(reader, { slugs: wanted, organizationId });
  const unknown = wanted.find((slug) => !roles.some((role) => role.slug === slug));
  if (unknown !== undefined) {
    throw new ApiError('invalid_role', {
      status: 422,
      message: `The organization has no role '${unknown}'.`,
      fields: { role_slug: unknown },
    });
  }
  if (roles.length > 1 && !(await readSettings(reader, roleSettings)).multiple_roles_enabled) {
    throw new ApiError('multiple_roles_not_enabled', {
      status: 422,
      message: 'This environment gives one role to each membership. Send one, or enable multiple roles.',
    });
  }
  return roles;
}

/** Gives a membership these roles in place of those that it holds, whoever gave them. */
export function assignRoles(tx: Tx, membershipId: string, roles: readonly store.Role[]): Promise<void> {
  return store.replaceMembershipRoles(
    tx,
    membershipId,
    roles.map(({ id }) => id),
  );
}

/** What a membership may do, or null when there is none. Tokens and checks ask here, or embed `accessOfMembership`. */
export function resolveAccess(
  reader: Reader,
  { membershipId }: { membershipId: string },
): Promise<Access | null> {
  return store.findAccess(reader, membershipId);
}
