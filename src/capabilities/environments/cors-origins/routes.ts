import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import {
  CorsOrigin,
  CorsOriginList,
  CorsOriginRefusal,
  CreateCorsOrigin,
  ListCorsOrigins,
} from './contract.ts';
import { createCorsOrigin, deleteCorsOrigin } from './cors-origins.ts';
import { listCorsOrigins } from './store.ts';

export const corsOriginOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'cors_origins.create',
    summary: 'Allow an origin to call the API from browsers',
    method: 'POST',
    path: '/user_management/cors_origins',
    permission: 'cors_origins:write',
    body: CreateCorsOrigin,
    returns: { 201: CorsOrigin },
    errors: [
      { status: 409, code: 'duplicate_cors_origin', when: 'The origin is listed.' },
      {
        status: 422,
        code: 'validation_failed',
        when: 'The text is no origin, or not allowed for this environment.',
        schema: CorsOriginRefusal,
      },
    ],
    run: (tx, { body }) => createCorsOrigin(tx, body),
  }),
  operation({
    ...byKey,
    id: 'cors_origins.list',
    summary: 'List allowed origins',
    method: 'GET',
    path: '/user_management/cors_origins',
    permission: 'cors_origins:read',
    query: ListCorsOrigins,
    returns: { 200: CorsOriginList },
    run: (reader, { query }) => listCorsOrigins(reader, query),
  }),
  operation({
    ...byKey,
    id: 'cors_origins.delete',
    summary: 'Stop allowing an origin',
    method: 'DELETE',
    path: '/management/cors_origins/{id}',
    permission: 'cors_origins:write',
    params: ById,
    returns: { 204: null },
    errors: [unknownId('origin')],
    run: (tx, { params }) => deleteCorsOrigin(tx, params.id),
  }),
];
