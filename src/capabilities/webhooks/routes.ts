import { ById } from '../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../platform/operation.ts';
import {
  CreateWebhookEndpoint,
  ListWebhookEndpoints,
  RotateWebhookSecret,
  UpdateWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointList,
  WebhookEndpointStatus,
  WebhookEndpointStatusList,
} from './contract.ts';
import { deliveryOperations } from './deliveries/routes.ts';
import { type UrlDeps, checkEndpointUrl } from './endpoint-url.ts';
import {
  type EndpointDeps,
  createEndpoint,
  deleteEndpoint,
  getEndpointStatus,
  listEndpointStatuses,
  listEndpoints,
  pauseEndpoint,
  resumeEndpoint,
  rotateSecret,
  updateEndpoint,
} from './endpoints.ts';
import { replayOperations } from './replays/routes.ts';

export type WebhookDeps = EndpointDeps & UrlDeps;

const notFound = unknownId('webhook endpoint');
const invalidCursor = { status: 422, code: 'validation_failed', when: 'A parameter or cursor is not valid.' };
const endpointDisabled = {
  status: 409,
  code: 'webhook_endpoint_disabled',
  when: 'The endpoint is disabled: it has no queue to keep.',
};
const writeErrors = [
  { status: 409, code: 'duplicate_endpoint', when: 'Another endpoint of the environment has this URL.' },
  {
    status: 422,
    code: 'invalid_url',
    when: 'The URL is malformed, not https, or leads to an address that nothing is sent to.',
  },
  {
    status: 422,
    code: 'invalid_request_parameters',
    when: 'A field is missing or malformed, a type of event is not known, or there are 1,000 endpoints already.',
  },
];

export const webhookOperations = (deps: WebhookDeps): readonly Operation[] => [
  ...endpointOperations(deps),
  ...managementOperations(deps),
  ...deliveryOperations(deps),
  ...replayOperations,
];

const endpointOperations = (deps: WebhookDeps): readonly Operation[] => [
  operation({
    ...byKey,
    id: 'webhook_endpoints.create',
    summary: 'Create a webhook endpoint',
    method: 'POST',
    path: '/webhook_endpoints',
    permission: 'webhook_endpoints:write',
    body: CreateWebhookEndpoint,
    returns: { 201: WebhookEndpoint },
    errors: writeErrors,
    prepare: (_, { body }) => checkEndpointUrl(deps, body.endpoint_url),
    run: (tx, { body, prepared }) =>
      createEndpoint(tx, deps, { ...body, endpoint_url: prepared ?? body.endpoint_url }),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.list',
    summary: 'List webhook endpoints',
    method: 'GET',
    path: '/webhook_endpoints',
    permission: 'webhook_endpoints:read',
    query: ListWebhookEndpoints,
    returns: { 200: WebhookEndpointList },
    errors: [invalidCursor],
    run: (reader, { query }) => listEndpoints(reader, deps, query),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.update',
    summary: 'Update a webhook endpoint',
    method: 'PATCH',
    path: '/webhook_endpoints/{id}',
    permission: 'webhook_endpoints:write',
    params: ById,
    body: UpdateWebhookEndpoint,
    returns: { 200: WebhookEndpoint },
    errors: [notFound, ...writeErrors],
    prepare: (_, { body }) => checkEndpointUrl(deps, body.endpoint_url),
    run: (tx, { params, body, prepared }) =>
      updateEndpoint(tx, deps, {
        ...body,
        ...(prepared === undefined ? {} : { endpoint_url: prepared }),
        id: params.id,
      }),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.delete',
    summary: 'Delete a webhook endpoint',
    method: 'DELETE',
    path: '/webhook_endpoints/{id}',
    permission: 'webhook_endpoints:write',
    params: ById,
    returns: { 204: null },
    errors: [notFound],
    run: (tx, { params }) => deleteEndpoint(tx, params.id),
  }),
];

const managementOperations = (deps: WebhookDeps): readonly Operation[] => [
  operation({
    ...byKey,
    id: 'webhook_endpoints.list_statuses',
    summary: 'List webhook endpoints and how they do',
    method: 'GET',
    path: '/management/webhook_endpoints',
    permission: 'webhook_endpoints:read',
    query: ListWebhookEndpoints,
    returns: { 200: WebhookEndpointStatusList },
    errors: [invalidCursor],
    run: (reader, { query }) => listEndpointStatuses(reader, query),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.get_status',
    summary: 'Get how a webhook endpoint does',
    method: 'GET',
    path: '/management/webhook_endpoints/{id}',
    permission: 'webhook_endpoints:read',
    params: ById,
    returns: { 200: WebhookEndpointStatus },
    errors: [notFound],
    run: (reader, { params }) => getEndpointStatus(reader, params.id),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.rotate_secret',
    summary: "Replace an endpoint's secret, with an overlap",
    method: 'POST',
    path: '/management/webhook_endpoints/{id}/rotate_secret',
    permission: 'webhook_endpoints:write',
    params: ById,
    body: RotateWebhookSecret,
    returns: { 200: WebhookEndpoint },
    errors: [notFound, { status: 422, code: 'validation_failed', when: 'The overlap is not valid.' }],
    run: (tx, { params, body }) => rotateSecret(tx, deps, { ...body, id: params.id }),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.pause',
    summary: 'Stop sending to an endpoint and keep its queue',
    method: 'POST',
    path: '/management/webhook_endpoints/{id}/pause',
    permission: 'webhook_endpoints:write',
    params: ById,
    returns: { 200: WebhookEndpointStatus },
    errors: [notFound, endpointDisabled],
    run: (tx, { params }) => pauseEndpoint(tx, params.id),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.resume',
    summary: 'Send to a paused or disabled endpoint again',
    method: 'POST',
    path: '/management/webhook_endpoints/{id}/resume',
    permission: 'webhook_endpoints:write',
    params: ById,
    returns: { 200: WebhookEndpointStatus },
    errors: [notFound],
    run: (tx, { params }) => resumeEndpoint(tx, deps, params.id),
  }),
];
