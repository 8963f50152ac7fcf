import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import {
  getConfiguration,
  getOrganizationConfiguration,
  updateConfiguration,
  updateOrganizationConfiguration,
} from './configuration.ts';
import { RoleConfiguration, UpdateRoleConfiguration } from './contract.ts';

const path = '/management/role_configuration';
const organizationPath = '/management/organizations/{id}/role_configuration';
const unknownOrganization = unknownId('organization');
const invalid = {
  status: 422,
  code: 'validation_failed',
  when: 'There is no such role, or role_slugs does not name each role once.',
};

export const roleConfigurationOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'role_configuration.get',
    summary: "Get the environment's default role and order of priority",
    method: 'GET',
    path,
    permission: 'roles:read',
    returns: { 200: RoleConfiguration },
    run: (reader) => getConfiguration(reader),
  }),
  operation({
    ...byKey,
    id: 'role_configuration.update',
    summary: "Set the environment's default role or order of priority",
    method: 'PATCH',
    path,
    permission: 'roles:write',
    body: UpdateRoleConfiguration,
    returns: { 200: RoleConfiguration },
    errors: [invalid],
    run: (tx, { body }) => updateConfiguration(tx, body),
  }),
  operation({
    ...byKey,
    id: 'role_configuration.get_of_organization',
    summary: "Get an organization's default role and order of priority",
    method: 'GET',
    path: organizationPath,
    permission: 'roles:read',
    params: ById,
    returns: { 200: RoleConfiguration },
    errors: [unknownOrganization],
    run: (reader, { params }) => getOrganizationConfiguration(reader, params.id),
  }),
  operation({
    ...byKey,
    id: 'role_configuration.update_of_organization',
    summary: "Set an organization's default role or order of priority",
    method: 'PATCH',
    path: organizationPath,
    permission: 'roles:write',
    params: ById,
    body: UpdateRoleConfiguration,
    returns: { 200: RoleConfiguration },
    errors: [
      unknownOrganization,
      {
        status: 409,
        code: 'role_configuration_inherited',
        when: 'The organization has no role of its own, and follows the environment.',
      },
      invalid,
    ],
    run: (tx, { params, body }) => updateOrganizationConfiguration(tx, params.id, body),
  }),
];
