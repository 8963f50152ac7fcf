import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import { createApiKey, deleteApiKey } from './api-keys.ts';
import {
  CreateEnvironmentApiKey,
  EnvironmentApiKeyList,
  EnvironmentApiKeyWithValue,
  ListEnvironmentApiKeys,
} from './contract.ts';
import { listKeys } from './store.ts';

export const apiKeyOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'environment_api_keys.create',
    summary: 'Create a secret key; its value is answered once',
    method: 'POST',
    path: '/management/api_keys',
    permission: 'environment_api_keys:write',
    body: CreateEnvironmentApiKey,
    returns: { 201: EnvironmentApiKeyWithValue },
    run: (tx, { body }) => createApiKey(tx, body),
  }),
  operation({
    ...byKey,
    id: 'environment_api_keys.list',
    summary: 'List secret keys, without their values',
    method: 'GET',
    path: '/management/api_keys',
    permission: 'environment_api_keys:read',
    query: ListEnvironmentApiKeys,
    returns: { 200: EnvironmentApiKeyList },
    run: (reader, { query }) => listKeys(reader, query),
  }),
  operation({
    ...byKey,
    id: 'environment_api_keys.delete',
    summary: 'Revoke a secret key',
    method: 'DELETE',
    path: '/management/api_keys/{id}',
    permission: 'environment_api_keys:write',
    params: ById,
    returns: { 204: null },
    errors: [
      unknownId('key'),
      { status: 409, code: 'api_key_in_use', when: 'The key is the one that the request carries.' },
    ],
    run: (tx, { params }) => deleteApiKey(tx, params.id),
  }),
];
