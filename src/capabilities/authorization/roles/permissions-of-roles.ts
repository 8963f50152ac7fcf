import { invalidField, notFound } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { holdPermissions } from '../permissions/store.ts';
import { mostPermissionsOfRole } from './contract.ts';
import { emitRole } from './events.ts';
import {
  type RoleName,
  type RoleRow,
  lockRolesWithPermission,
  removePermission,
  updateRoleRow,
} from './store.ts';

/** Finds the role for a change, or refuses. */
export type RoleToChange = (tx: Tx, name: RoleName) => Promise<RoleRow>;

/** Gives the role these permissions in place of those that it has. @throws ApiError 404 for one that there is not */
export async function replacePermissions(
  tx: Tx,
  find: RoleToChange,
  name: RoleName,
  slugs: readonly string[],
): Promise<RoleRow> {
  const wanted = [...new Set(slugs)].sort();
  return writePermissions(tx, await holdWith(tx, find, name, wanted), wanted);
}

/**
 * Holds permissions, then the role: whoever deletes a permission locks in this order.
 * @throws ApiError 404 when there is no such role or permission
 */
async function holdWith(
  tx: Tx,
  find: RoleToChange,
  name: RoleName,
  slugs: readonly string[],
): Promise<RoleRow> {
  const there = await holdPermissions(tx, slugs);
  const role = await find(tx, name);
  const unknown = slugs.find((slug) => !there.has(slug));
  if (unknown !== undefined) throw notFound('Permission', unknown);
  return role;
}

/** Adds a permission; one that the role has already changes nothing. @throws ApiError 404 when there is no such one */
export async function addPermission(
  tx: Tx,
  find: RoleToChange,
  name: RoleName,
  slug: string,
): Promise<RoleRow> {
  const role = await holdWith(tx, find, name, [slug]);
  const wanted = [...new Set([...role.permissions, slug])].sort();
  if (wanted.length > mostPermissionsOfRole) {
    throw invalidField('slug', 'too_big', `A role has at most ${mostPermissionsOfRole} permissions.`);
  }
  return writePermissions(tx, role, wanted);
}

/** Takes a permission away; one that the role does not have changes nothing. */
export async function takePermission(
  tx: Tx,
  find: RoleToChange,
  name: RoleName,
  slug: string,
): Promise<RoleRow> {
  const role = await holdWith(tx, find, name, [slug]);
  const rest = role.permissions.filter((held) => held !== slug);
  return writePermissions(tx, role, rest);
}

async function writePermissions(tx: Tx, role: RoleRow, permissions: string[]): Promise<RoleRow> {
  const isSame =
    permissions.length === role.permissions.length &&
    permissions.every((slug, index) => slug === role.permissions[index]);
  if (isSame) return role;
  const updated = await updateRoleRow(tx, { ...role, permissions });
  emitRole(tx, 'updated', updated, role);
  return updated;
}

/** Takes a permission from up to `limit` roles, of the environment and of organizations; returns from how many. */
export async function takePermissionFromRoles(tx: Tx, slug: string, limit: number): Promise<number> {
  const before = new Map((await lockRolesWithPermission(tx, slug, limit)).map((role) => [role.id, role]));
  if (before.size === 0) return 0;
  for (const role of await removePermission(tx, slug, [...before.keys()])) {
    emitRole(tx, 'updated', role, before.get(role.id));
  }
  return before.size;
}
