import { changedFrom } from '../../../lib/object.ts';
import type { List } from '../../../platform/contract.ts';
import { violatedConstraint } from '../../../platform/database/database.ts';
import { ApiError, notFound } from '../../../platform/errors.ts';
import { emit } from '../../../platform/events/events.ts';
import { enqueue } from '../../../platform/jobs/jobs.ts';
import { onCreate } from '../../../platform/lifecycle.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { UpdateText } from '../contract.ts';
import { lockConfiguration } from '../configuration/store.ts';
import { checkResourceType } from '../resource-types.ts';
import { takePermissionFromRoles } from '../roles/permissions-of-roles.ts';
import { type CreatePermission, type ListPermissions, type Permission, mostPermissions } from './contract.ts';
import { PermissionCreated, PermissionDeleted, PermissionUpdated } from './events.ts';
import { rolesInOneStep, takePermissionJob } from './jobs.ts';
import * as store from './store.ts';
import { systemPermissions } from './system.ts';

onCreate('environment', (tx, environmentId) =>
  store.insertSystemPermissions(tx, environmentId, systemPermissions),
);

const permissionNotFound = (slug: string) => notFound('Permission', slug);

export async function getPermission(reader: Reader, slug: string): Promise<Permission> {
  const permission = await store.findPermission(reader, slug);
  if (!permission) throw permissionNotFound(slug);
  return permission;
}

export function listPermissions(reader: Reader, query: ListPermissions): Promise<List<Permission>> {
  return store.listPermissions(reader, query);
}

export async function createPermission(tx: Tx, input: CreatePermission): Promise<Permission> {
  checkResourceType(input.resource_type_slug);
  await lockConfiguration(tx);
  if ((await store.countPermissions(tx)) >= mostPermissions) {
    throw new ApiError('permission_limit_reached', {
      status: 422,
      message: `An environment has at most ${mostPermissions} permissions. Delete one that is not used.`,
    });
  }
  const permission = await refusingTakenSlug(input.slug, () =>
    store.insertPermission(tx, {
      id: tx.newId('perm'),
      slug: input.slug,
      name: input.name,
      description: input.description ?? null,
      resource_type_slug: input.resource_type_slug,
    }),
  );
  emit(tx, PermissionCreated, permission, { organizationId: null });
  return permission;
}

/** Changes what is given; the slug never changes. */
export async function updatePermission(tx: Tx, slug: string, input: UpdateText): Promise<Permission> {
  const current = await lockOwnPermission(tx, slug);
  const { name = current.name, description = current.description } = input;
  if (name === current.name && description === current.description) return current;
  const updated = await store.updatePermissionRow(tx, { id: current.id, name, description });
  const { updated_at: _, ...previousAttributes } = changedFrom(current, updated);
  emit(tx, PermissionUpdated, updated, { organizationId: null, previousAttributes });
  return updated;
}

/** Takes the permission from every role; from very many of them, a job does. */
export async function deletePermission(tx: Tx, slug: string): Promise<void> {
  const permission = await lockOwnPermission(tx, slug);
  emit(tx, PermissionDeleted, permission, { organizationId: null });
  const taken = await takePermissionFromRoles(tx, slug, rolesInOneStep);
  if (taken < rolesInOneStep) return store.deletePermissionRow(tx, slug);
  await store.markPermissionDeleted(tx, slug);
  enqueue(tx, takePermissionJob, { slug });
}

async function lockOwnPermission(tx: Tx, slug: string): Promise<Permission> {
  const permission = await store.findPermissionForUpdate(tx, slug);
  if (!permission) throw permissionNotFound(slug);
  if (permission.system) {
    throw new ApiError('system_permission', {
      status: 403,
      message: `The permission '${slug}' belongs to Doorwright: it can be given to roles, not changed or deleted.`,
    });
  }
  return permission;
}

async function refusingTakenSlug<Value>(slug: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (violatedConstraint(error) !== 'permission_slug_key') throw error;
    throw new ApiError('permission_slug_conflict', {
      status: 409,
      message: `The environment has a permission with the slug '${slug}' already.`,
    });
  }
}
