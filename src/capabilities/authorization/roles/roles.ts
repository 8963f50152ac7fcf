import { violatedConstraint } from '../../../platform/database/database.ts';
import { ApiError, notFound } from '../../../platform/errors.ts';
import { enqueue } from '../../../platform/jobs/jobs.ts';
import { onCreate } from '../../../platform/lifecycle.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { deleteMappingsOfRole, isRoleHeld } from '../assignments/store.ts';
import {
  countOwnDefaults,
  findDefaultSlug,
  lockConfiguration,
  replaceOwnDefaults,
} from '../configuration/store.ts';
import type { UpdateText } from '../contract.ts';
import { checkResourceType } from '../resource-types.ts';
import { type CreateRole, type DeleteRole, type Role, type RoleList, mostRoles } from './contract.ts';
import { emitRole } from './events.ts';
import { deleteRoleJob } from './jobs.ts';
import { addPermission, replacePermissions } from './permissions-of-roles.ts';
import * as store from './store.ts';

/** Every environment has a role to begin with: whoever joins an organization without another one is given it. */
onCreate('environment', (tx, environmentId) => store.insertDefaultRole(tx, environmentId, 'member'));

export const roleNotFound = (slug: string) => notFound('Role', slug);

/** A row as the wire has it. */
export function toWire(row: store.RoleRow): Role {
  const { organization_id: _, granted, ...role } = row;
  return { ...role, permissions: granted };
}

export const toList = (rows: readonly store.RoleRow[]): RoleList => ({
  object: 'list',
  data: rows.map(toWire),
});

const ofEnvironment = (slug: string): store.RoleName => ({ slug, organizationId: null });

export async function getRole(reader: Reader, slug: string): Promise<Role> {
  const role = await store.findRole(reader, ofEnvironment(slug));
  if (!role) throw roleNotFound(slug);
  return toWire(role);
}

export async function listRoles(reader: Reader): Promise<RoleList> {
  return toList(await store.listRoles(reader));
}

/** Adds a role of the environment, below all others; also in the organizations with an order of their own. */
export async function createRole(tx: Tx, input: CreateRole): Promise<Role> {
  checkResourceType(input.resource_type_slug);
  await lockConfiguration(tx);
  await refuseTooMany(tx, null);
  const isTaken = await store.isSlugTakenElsewhere(tx, ofEnvironment(input.slug));
  if (isTaken) throw slugConflict('role_slug_conflict', input.slug, 'another organization');
  const role = await refusingTakenSlug('role_slug_conflict', input.slug, () =>
    store.insertRole(tx, {
      id: tx.newId('role'),
      organization_id: null,
      slug: input.slug,
      name: input.name,
      description: input.description ?? null,
      resource_type_slug: input.resource_type_slug,
    }),
  );
  emitRole(tx, 'created', role);
  return toWire(role);
}

export async function updateRole(tx: Tx, slug: string, input: UpdateText): Promise<Role> {
  return toWire(await rename(tx, await lockRole(tx, ofEnvironment(slug)), input));
}

/** Changes the texts that are given; the same ones change nothing. */
export async function rename(tx: Tx, role: store.RoleRow, input: UpdateText): Promise<store.RoleRow> {
  const { name = role.name, description = role.description } = input;
  if (name === role.name && description === role.description) return role;
  const updated = await store.updateRoleRow(tx, { ...role, name, description });
  emitRole(tx, 'updated', updated, role);
  return updated;
}

export async function setRolePermissions(tx: Tx, slug: string, slugs: readonly string[]): Promise<Role> {
  return toWire(await replacePermissions(tx, lockRole, ofEnvironment(slug), slugs));
}

export async function addRolePermission(tx: Tx, slug: string, permission: string): Promise<Role> {
  return toWire(await addPermission(tx, lockRole, ofEnvironment(slug), permission));
}

async function lockRole(tx: Tx, name: store.RoleName): Promise<store.RoleRow> {
  const role = await store.findRoleForUpdate(tx, name);
  if (!role) throw roleNotFound(name.slug);
  return role;
}

/**
 * Deletes a role of the environment: it is gone from every read at once, and a job moves those who hold it. Whoever has
 * no other role gets the default one of their organization.
 */
export async function deleteRole(tx: Tx, slug: string, input: DeleteRole): Promise<void> {
  await lockConfiguration(tx);
  const role = await store.findRoleForDelete(tx, ofEnvironment(slug));
  if (!role) throw roleNotFound(slug);
  if (slug === (await findDefaultSlug(tx))) {
    throw new ApiError('role_is_default', {
      status: 409,
      message: `'${slug}' is the default role. Make another role the default first.`,
    });
  }
  await replaceDefaults(tx, role, input);
  await deleteMappingsOfRole(tx, role.id);
  emitRole(tx, 'deleted', role);
  if (!(await isRoleHeld(tx, role.id))) return store.deleteRoleRow(tx, role.id);
  await store.markRoleDeleted(tx, role.id);
  enqueue(tx, deleteRoleJob, { role_id: role.id });
}

/** Organizations whose default the role was have the replacement from now on. */
async function replaceDefaults(tx: Tx, role: store.RoleRow, input: DeleteRole): Promise<void> {
  const slug = input.replacement_role_slug;
  const replacement = slug === undefined ? null : await store.holdRole(tx, ofEnvironment(slug));
  if (slug !== undefined && (replacement === null || replacement.id === role.id)) {
    throw new ApiError('invalid_role', {
      status: 422,
      message: `The environment has no other role '${slug}'.`,
      fields: { role_slug: slug },
    });
  }
  if (replacement !== null) {
    await replaceOwnDefaults(tx, role.id, replacement.id);
    return;
  }
  const count = await countOwnDefaults(tx, role.id);
  if (count === 0) return;
  const whose = count === 1 ? 'an organization' : `${count} organizations`;
  throw new ApiError('role_is_organization_default', {
    status: 409,
    message: `'${role.slug}' is the default role of ${whose}. Name the next one as replacement_role_slug.`,
  });
}

/** @throws ApiError 422 when the environment, or the organization, has as many roles as it can */
export async function refuseTooMany(tx: Tx, organizationId: string | null): Promise<void> {
  if ((await store.countRoles(tx, organizationId)) < mostRoles) return;
  const whose = organizationId === null ? 'An environment' : 'An organization';
  throw new ApiError('role_limit_reached', {
    status: 422,
    message: `${whose} has at most ${mostRoles} roles of its own. Delete one that is not used.`,
  });
}

export type SlugOwner = 'environment' | 'organization' | 'another organization';
export type SlugConflict = 'role_slug_conflict' | 'organization_role_slug_conflict';

/** Says where to look for the role: it is not always found where the refused one would have been. */
export function slugConflict(code: SlugConflict, slug: string, owner: SlugOwner): ApiError {
  const whose = {
    environment: 'The environment has a role with this slug',
    organization: 'The organization has a role of its own with this slug',
    'another organization':
      "An organization has a role of its own with this slug, so the environment's needs another",
  };
  return new ApiError(code, { status: 409, message: `${whose[owner]}: '${slug}'.` });
}

export async function refusingTakenSlug<Value>(
  code: SlugConflict,
  slug: string,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (violatedConstraint(error) !== 'role_slug_key') throw error;
    throw slugConflict(code, slug, code === 'role_slug_conflict' ? 'environment' : 'organization');
  }
}
