import assert from 'node:assert/strict';
import { ApiError, notFound } from '../../../platform/errors.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { holdOrganization, isOrganization } from '../../organizations/index.ts';
import { isRoleHeld, isRoleMapped } from '../assignments/store.ts';
import {
  dropConfiguration,
  findOwnDefault,
  forkConfiguration,
  lockConfiguration,
} from '../configuration/store.ts';
import type { UpdateText } from '../contract.ts';
import { checkResourceType } from '../resource-types.ts';
import { type CreateOrganizationRole, type Role, type RoleList, organizationPrefix } from './contract.ts';
import { emitRole } from './events.ts';
import { addPermission, replacePermissions, takePermission } from './permissions-of-roles.ts';
import {
  refuseTooMany,
  refusingTakenSlug,
  rename,
  roleNotFound,
  slugConflict,
  toList,
  toWire,
} from './roles.ts';
import * as store from './store.ts';

/** The environment's roles and the organization's own, in the order that holds there. */
export async function listOrganizationRoles(reader: Reader, organizationId: string): Promise<RoleList> {
  await refuseUnknownOrganization(reader, organizationId);
  return toList(await store.listRolesOfOrganization(reader, organizationId));
}

/** A role that the organization can give, be it its own or the environment's. */
export async function getOrganizationRole(
  reader: Reader,
  organizationId: string,
  slug: string,
): Promise<Role> {
  await refuseUnknownOrganization(reader, organizationId);
  const role = await store.findRole(reader, { slug, organizationId });
  if (!role) throw roleNotFound(slug);
  return toWire(role);
}

/** Adds a role at the bottom; the first one gives the organization a default and an order of its own. */
export async function createOrganizationRole(
  tx: Tx,
  organizationId: string,
  input: CreateOrganizationRole,
): Promise<Role> {
  if (!(await holdOrganization(tx, organizationId))) throw notFound('Organization', organizationId);
  checkResourceType(input.resource_type_slug);
  await lockConfiguration(tx);
  await refuseTooMany(tx, organizationId);
  const id = tx.newId('role');
  const slug = input.slug ?? slugFor(input.name, id);
  const conflict = 'organization_role_slug_conflict';
  if (await store.isSlugTakenElsewhere(tx, { slug, organizationId })) {
    throw slugConflict(conflict, slug, 'environment');
  }
  await forkConfiguration(tx, organizationId);
  const role = await refusingTakenSlug(conflict, slug, () =>
    store.insertRole(tx, {
      id,
      organization_id: organizationId,
      slug,
      name: input.name,
      description: input.description ?? null,
      resource_type_slug: input.resource_type_slug,
    }),
  );
  emitRole(tx, 'created', role);
  return toWire(role);
}

const suffixLength = 6;

/** `org-`, what the name has of letters and digits, and the random end of the id: names need not be unique. */
function slugFor(name: string, id: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48 - organizationPrefix.length - suffixLength - 1)
    .replace(/^-|-$/g, '');
  const suffix = id.slice(-suffixLength).toLowerCase();
  return organizationPrefix + (words === '' ? suffix : `${words}-${suffix}`);
}

export async function updateOrganizationRole(tx: Tx, name: store.RoleName, input: UpdateText): Promise<Role> {
  return toWire(await rename(tx, await lockOwnRole(tx, name), input));
}

export async function setOrganizationRolePermissions(
  tx: Tx,
  name: store.RoleName,
  slugs: readonly string[],
): Promise<Role> {
  return toWire(await replacePermissions(tx, lockOwnRole, name, slugs));
}

export async function addOrganizationRolePermission(
  tx: Tx,
  name: store.RoleName,
  permission: string,
): Promise<Role> {
  return toWire(await addPermission(tx, lockOwnRole, name, permission));
}

export async function takeOrganizationRolePermission(
  tx: Tx,
  name: store.RoleName,
  permission: string,
): Promise<Role> {
  return toWire(await takePermission(tx, lockOwnRole, name, permission));
}

/** Deletes a role that nobody holds and nothing gives; with its last one the organization follows the environment again. */
export async function deleteOrganizationRole(tx: Tx, organizationId: string, slug: string): Promise<void> {
  await lockConfiguration(tx);
  await refuseUnknownOrganization(tx, organizationId);
  const role = ownRole(await store.findRoleForDelete(tx, { slug, organizationId }), slug);
  if (await isRoleHeld(tx, role.id)) {
    throw new ApiError('role_has_assignments', {
      status: 409,
      message: `Members hold the role '${slug}'. Give them another one first.`,
    });
  }
  if (await isRoleMapped(tx, role.id)) {
    throw new ApiError('role_has_group_role_mappings', {
      status: 409,
      message: `Groups of an identity provider give the role '${slug}'. Map them to another one first.`,
    });
  }
  const isLast = (await store.countRoles(tx, organizationId)) === 1;
  if (!isLast && role.id === (await findOwnDefault(tx, organizationId))?.id) {
    throw new ApiError('bad_request', {
      status: 400,
      message: `'${slug}' is the default role of the organization. Make another role its default first.`,
    });
  }
  if (isLast) await dropConfiguration(tx, organizationId);
  await store.deleteRoleRow(tx, role.id);
  emitRole(tx, 'deleted', role);
}

/** Deletes the roles of an organization that is gone, and what it had configured. */
export async function deleteRolesOfOrganization(tx: Tx, organizationId: string): Promise<void> {
  for (const role of await store.deleteRolesOf(tx, organizationId)) emitRole(tx, 'deleted', role);
}

async function lockOwnRole(tx: Tx, name: store.RoleName): Promise<store.RoleRow> {
  assert(name.organizationId !== null, 'an organization was named');
  await refuseUnknownOrganization(tx, name.organizationId);
  return ownRole(await store.findRoleForUpdate(tx, name), name.slug);
}

async function refuseUnknownOrganization(reader: Reader, organizationId: string): Promise<void> {
  if (!(await isOrganization(reader, organizationId))) throw notFound('Organization', organizationId);
}

function ownRole(role: store.RoleRow | null, slug: string): store.RoleRow {
  if (!role) throw roleNotFound(slug);
  if (role.organization_id !== null) return role;
  throw new ApiError('environment_role', {
    status: 403,
    message: `'${slug}' is a role of the environment: change it at /authorization/roles/${slug}, for all organizations.`,
  });
}
