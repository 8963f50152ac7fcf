import {
  type DeclaredError,
  type Operation,
  byKey,
  operation,
  unknownId,
} from '../../../platform/operation.ts';
import { UpdateText } from '../contract.ts';
import {
  AddRolePermission,
  ByOrganization,
  ByOrganizationAndSlug,
  ByPermissionOfOrganizationRole,
  CreateOrganizationRole,
  Role,
  RoleList,
  SetRolePermissions,
} from './contract.ts';
import {
  addOrganizationRolePermission,
  createOrganizationRole,
  deleteOrganizationRole,
  getOrganizationRole,
  listOrganizationRoles,
  setOrganizationRolePermissions,
  takeOrganizationRolePermission,
  updateOrganizationRole,
} from './organization-roles.ts';
import type { RoleName } from './store.ts';

const path = '/authorization/organizations/{organization_id}/roles';
const unknownOrganization = unknownId('organization');
const notFound = unknownId('organization or role');
const unknownPermission = unknownId('organization, role or permission');
const ofEnvironment = {
  status: 403,
  code: 'environment_role',
  when: 'The role is of the environment, and changed there for all organizations.',
};
const invalid = { status: 422, code: 'validation_failed', when: 'A field is missing or malformed.' };
const createErrors: readonly DeclaredError[] = [
  unknownId('organization or resource type'),
  {
    status: 409,
    code: 'organization_role_slug_conflict',
    when: 'The organization, or its environment, has a role with this slug.',
  },
  invalid,
  { status: 422, code: 'role_limit_reached', when: 'The organization has 500 roles of its own.' },
];
const deleteErrors: readonly DeclaredError[] = [
  {
    status: 400,
    code: 'bad_request',
    when: 'The role is the default of an organization that has other roles of its own.',
  },
  ofEnvironment,
  notFound,
  { status: 409, code: 'role_has_assignments', when: 'Members hold the role.' },
  {
    status: 409,
    code: 'role_has_group_role_mappings',
    when: 'Groups of an identity provider are mapped to the role.',
  },
];

const nameOf = (params: { organization_id: string; slug: string }): RoleName => ({
  slug: params.slug,
  organizationId: params.organization_id,
});

export const organizationRoleOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'organization_roles.create',
    summary: 'Create a role of an organization',
    method: 'POST',
    path,
    permission: 'roles:write',
    params: ByOrganization,
    body: CreateOrganizationRole,
    returns: { 201: Role },
    errors: createErrors,
    run: (tx, { params, body }) => createOrganizationRole(tx, params.organization_id, body),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.list',
    summary: 'List the roles that an organization can give, by priority',
    method: 'GET',
    path,
    aliases: ['/organizations/{organization_id}/roles'],
    permission: 'roles:read',
    params: ByOrganization,
    returns: { 200: RoleList },
    errors: [unknownOrganization],
    run: (reader, { params }) => listOrganizationRoles(reader, params.organization_id),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.get',
    summary: 'Get a role that an organization can give',
    method: 'GET',
    path: `${path}/{slug}`,
    permission: 'roles:read',
    params: ByOrganizationAndSlug,
    returns: { 200: Role },
    errors: [notFound],
    run: (reader, { params }) => getOrganizationRole(reader, params.organization_id, params.slug),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.update',
    summary: "Change the name or description of an organization's role",
    method: 'PATCH',
    path: `${path}/{slug}`,
    permission: 'roles:write',
    params: ByOrganizationAndSlug,
    body: UpdateText,
    returns: { 200: Role },
    errors: [ofEnvironment, notFound, invalid],
    run: (tx, { params, body }) => updateOrganizationRole(tx, nameOf(params), body),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.delete',
    summary: "Delete an organization's role",
    method: 'DELETE',
    path: `${path}/{slug}`,
    permission: 'roles:write',
    params: ByOrganizationAndSlug,
    returns: { 204: null },
    errors: deleteErrors,
    run: (tx, { params }) => deleteOrganizationRole(tx, params.organization_id, params.slug),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.set_permissions',
    summary: "Replace the permissions of an organization's role",
    method: 'PUT',
    path: `${path}/{slug}/permissions`,
    permission: 'roles:write',
    params: ByOrganizationAndSlug,
    body: SetRolePermissions,
    returns: { 200: Role },
    errors: [ofEnvironment, unknownPermission, invalid],
    run: (tx, { params, body }) => setOrganizationRolePermissions(tx, nameOf(params), body.permissions),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.add_permission',
    summary: "Add a permission to an organization's role",
    method: 'POST',
    path: `${path}/{slug}/permissions`,
    permission: 'roles:write',
    params: ByOrganizationAndSlug,
    body: AddRolePermission,
    returns: { 200: Role },
    errors: [ofEnvironment, unknownPermission, invalid],
    run: (tx, { params, body }) => addOrganizationRolePermission(tx, nameOf(params), body.slug),
  }),
  operation({
    ...byKey,
    id: 'organization_roles.remove_permission',
    summary: "Take a permission from an organization's role",
    method: 'DELETE',
    path: `${path}/{slug}/permissions/{permission_slug}`,
    permission: 'roles:write',
    params: ByPermissionOfOrganizationRole,
    returns: { 200: Role },
    errors: [ofEnvironment, unknownPermission],
    run: (tx, { params }) => takeOrganizationRolePermission(tx, nameOf(params), params.permission_slug),
  }),
];
