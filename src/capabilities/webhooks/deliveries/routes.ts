import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import type { DeliverySignal } from '../signal.ts';
import {
  ListWebhookDeliveries,
  SendTestEvent,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookDeliveryList,
} from './contract.ts';
import { getDelivery, listDeliveries, redeliver, sendTestEvent } from './deliveries.ts';

const unknownEndpoint = unknownId('webhook endpoint');
const unknownDelivery = unknownId('webhook delivery');
const endpointDisabled = {
  status: 409,
  code: 'webhook_endpoint_disabled',
  when: 'The endpoint is disabled: nothing is sent to it.',
};

export const deliveryOperations = ({ signal }: { signal: DeliverySignal }): readonly Operation[] => [
  operation({
    ...byKey,
    id: 'webhook_deliveries.list',
    summary: "List an endpoint's deliveries",
    method: 'GET',
    path: '/management/webhook_endpoints/{id}/deliveries',
    permission: 'webhook_endpoints:read',
    params: ById,
    query: ListWebhookDeliveries,
    returns: { 200: WebhookDeliveryList },
    errors: [
      unknownEndpoint,
      { status: 422, code: 'validation_failed', when: 'A parameter or cursor is not valid.' },
    ],
    run: (reader, { params, query }) => listDeliveries(reader, params.id, query),
  }),
  operation({
    ...byKey,
    id: 'webhook_deliveries.get',
    summary: 'Get a delivery with its attempts',
    method: 'GET',
    path: '/management/webhook_deliveries/{id}',
    permission: 'webhook_endpoints:read',
    params: ById,
    returns: { 200: WebhookDeliveryDetails },
    errors: [unknownDelivery],
    run: (reader, { params }) => getDelivery(reader, params.id),
  }),
  operation({
    ...byKey,
    id: 'webhook_deliveries.redeliver',
    summary: 'Send a delivery again',
    method: 'POST',
    path: '/management/webhook_deliveries/{id}/redeliver',
    permission: 'webhook_endpoints:write',
    params: ById,
    returns: { 202: WebhookDeliveryDetails },
    errors: [unknownDelivery, endpointDisabled],
    run: (tx, { params }) => redeliver(tx, signal, params.id),
  }),
  operation({
    ...byKey,
    id: 'webhook_endpoints.send_test',
    summary: 'Send a sample event to an endpoint',
    method: 'POST',
    path: '/management/webhook_endpoints/{id}/test',
    permission: 'webhook_endpoints:write',
    params: ById,
    body: SendTestEvent,
    returns: { 202: WebhookDelivery },
    errors: [
      unknownEndpoint,
      endpointDisabled,
      { status: 422, code: 'validation_failed', when: 'There is no such type of event.' },
    ],
    run: (tx, { params, body }) => sendTestEvent(tx, signal, { ...body, id: params.id }),
  }),
];
