import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import { BySlug, UpdateText } from '../contract.ts';
import { CreatePermission, ListPermissions, Permission, PermissionList } from './contract.ts';
import {
  createPermission,
  deletePermission,
  getPermission,
  listPermissions,
  updatePermission,
} from './permissions.ts';

const path = '/authorization/permissions';
const notFound = unknownId('permission');
const isSystem = {
  status: 403,
  code: 'system_permission',
  when: 'The permission belongs to Doorwright: it can be given to roles, not changed or deleted.',
};
const invalid = { status: 422, code: 'validation_failed', when: 'A field is missing or malformed.' };

export const permissionOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'permissions.create',
    summary: 'Create a permission',
    method: 'POST',
    path,
    permission: 'permissions:write',
    body: CreatePermission,
    returns: { 201: Permission },
    errors: [
      { status: 404, code: 'entity_not_found', when: 'There is no such resource type.' },
      {
        status: 409,
        code: 'permission_slug_conflict',
        when: 'The environment has a permission with this slug.',
      },
      invalid,
      { status: 422, code: 'permission_limit_reached', when: 'The environment has 5,000 permissions.' },
    ],
    run: (tx, { body }) => createPermission(tx, body),
  }),
  operation({
    ...byKey,
    id: 'permissions.list',
    summary: 'List permissions',
    method: 'GET',
    path,
    permission: 'permissions:read',
    query: ListPermissions,
    returns: { 200: PermissionList },
    errors: [{ status: 422, code: 'validation_failed', when: 'A parameter or cursor is not valid.' }],
    run: (reader, { query }) => listPermissions(reader, query),
  }),
  operation({
    ...byKey,
    id: 'permissions.get',
    summary: 'Get a permission',
    method: 'GET',
    path: `${path}/{slug}`,
    permission: 'permissions:read',
    params: BySlug,
    returns: { 200: Permission },
    errors: [notFound],
    run: (reader, { params }) => getPermission(reader, params.slug),
  }),
  operation({
    ...byKey,
    id: 'permissions.update',
    summary: 'Change the name or description of a permission',
    method: 'PATCH',
    path: `${path}/{slug}`,
    permission: 'permissions:write',
    params: BySlug,
    body: UpdateText,
    returns: { 200: Permission },
    errors: [notFound, isSystem, invalid],
    run: (tx, { params, body }) => updatePermission(tx, params.slug, body),
  }),
  operation({
    ...byKey,
    id: 'permissions.delete',
    summary: 'Delete a permission and take it from every role',
    method: 'DELETE',
    path: `${path}/{slug}`,
    permission: 'permissions:write',
    params: BySlug,
    returns: { 204: null },
    errors: [notFound, isSystem],
    run: (tx, { params }) => deletePermission(tx, params.slug),
  }),
];
