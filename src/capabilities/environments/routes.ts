import { ById } from '../../platform/contract.ts';
import { type Operation, byInstallKey, byKey, operation, unknownId } from '../../platform/operation.ts';
import { apiKeyOperations } from './api-keys/routes.ts';
import {
  CreateEnvironment,
  CreatedEnvironment,
  Environment,
  EnvironmentList,
  ListEnvironments,
  UpdateEnvironment,
} from './contract.ts';
import { corsOriginOperations } from './cors-origins/routes.ts';
import { createEnvironment, deleteEnvironment, getEnvironment, updateEnvironment } from './environments.ts';
import { hostOperations } from './hosts/routes.ts';
import { redirectUriOperations } from './redirect-uris/routes.ts';
import { settingOperations } from './settings/routes.ts';
import { listEnvironments } from './store.ts';

const notFound = unknownId('environment');

/** Operations of the installation, then those of each environment. Settings come last: other slices define them. */
export function environmentOperations(): readonly Operation[] {
  return [
    ...installOperations,
    currentEnvironmentOperation,
    ...hostOperations,
    ...apiKeyOperations,
    ...redirectUriOperations,
    ...corsOriginOperations,
    ...settingOperations(),
  ];
}

const currentEnvironmentOperation = operation({
  ...byKey,
  id: 'environments.get_current',
  summary: 'Get the environment that a key belongs to',
  method: 'GET',
  path: '/management/environment',
  permission: 'environments:read',
  returns: { 200: Environment },
  run: (reader) => getEnvironment(reader, reader.environmentId),
});

const installOperations: readonly Operation[] = [
  operation({
    ...byInstallKey,
    id: 'environments.create',
    summary: 'Create an environment with its first key',
    method: 'POST',
    path: '/management/environments',
    permission: 'environments:write',
    body: CreateEnvironment,
    returns: { 201: CreatedEnvironment },
    run: (tx, { body }) => createEnvironment(tx, body),
  }),
  operation({
    ...byInstallKey,
    id: 'environments.list',
    summary: 'List environments',
    method: 'GET',
    path: '/management/environments',
    permission: 'environments:read',
    query: ListEnvironments,
    returns: { 200: EnvironmentList },
    run: (reader, { query }) => listEnvironments(reader, query),
  }),
  operation({
    ...byInstallKey,
    id: 'environments.get',
    summary: 'Get an environment',
    method: 'GET',
    path: '/management/environments/{id}',
    permission: 'environments:read',
    params: ById,
    returns: { 200: Environment },
    errors: [notFound],
    run: (reader, { params }) => getEnvironment(reader, params.id),
  }),
  operation({
    ...byInstallKey,
    id: 'environments.update',
    summary: 'Rename an environment',
    method: 'PATCH',
    path: '/management/environments/{id}',
    permission: 'environments:write',
    params: ById,
    body: UpdateEnvironment,
    returns: { 200: Environment },
    errors: [notFound],
    run: (tx, { params, body }) => updateEnvironment(tx, params.id, body),
  }),
  operation({
    ...byInstallKey,
    id: 'environments.delete',
    summary: 'Delete an environment and everything in it',
    method: 'DELETE',
    path: '/management/environments/{id}',
    permission: 'environments:write',
    params: ById,
    returns: { 202: null },
    errors: [notFound],
    run: (tx, { params }) => deleteEnvironment(tx, params.id),
  }),
];
