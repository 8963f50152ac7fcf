import assert from 'node:assert/strict';
import type { List } from '../../../platform/contract.ts';
import { ApiError, notFound } from '../../../platform/errors.ts';
import { actorOf } from '../../../platform/scope.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { sampleEvent } from '../../events/index.ts';
import { lockEndpoint, requireEndpoint } from '../endpoints.ts';
import { isDelivered } from '../event-types.ts';
import type { DeliverySignal } from '../signal.ts';
import type {
  ListWebhookDeliveries,
  SendTestEvent,
  WebhookDelivery,
  WebhookDeliveryDetails,
} from './contract.ts';
import * as store from './store.ts';

const deliveryNotFound = (id: string) => notFound('Webhook delivery', id);

export async function listDeliveries(
  reader: Reader,
  endpointId: string,
  query: ListWebhookDeliveries,
): Promise<List<WebhookDelivery>> {
  await requireEndpoint(reader, endpointId);
  return store.listDeliveries(reader, endpointId, query);
}

export async function getDelivery(reader: Reader, id: string): Promise<WebhookDeliveryDetails> {
  const delivery = await store.findDelivery(reader, id);
  if (!delivery) throw deliveryNotFound(id);
  return delivery;
}

/** Sends a delivery again, with the ids that it has and a schedule from its beginning. */
export async function redeliver(tx: Tx, signal: DeliverySignal, id: string): Promise<WebhookDeliveryDetails> {
  const delivery = await getDelivery(tx, id);
  await requireReceiving(tx, delivery.endpoint_id);
  await store.requeueDelivery(tx, id);
  tellAfterCommit(tx, signal, delivery.endpoint_id);
  return getDelivery(tx, id);
}

/** Sends a sample of a type of event, whether or not the endpoint has chosen it. It is in no list of events. */
export async function sendTestEvent(
  tx: Tx,
  signal: DeliverySignal,
  { id: endpointId, event }: SendTestEvent & { id: string },
): Promise<WebhookDelivery> {
  await requireReceiving(tx, endpointId);
  assert(isDelivered(event), 'the schema lets through what can be chosen');
  const { data, context } = sampleEvent(event);
  const delivery = await store.insertTestDelivery(tx, {
    id: tx.newId(store.deliveryPrefix),
    endpoint_id: endpointId,
    sequence: await store.takeSequence(tx, endpointId, 1),
    event_id: tx.newId('event'),
    event_type: event,
    sample: {
      data,
      context: { ...context, client_id: tx.environment.client_id, actor: actorOf(tx.principal) },
    },
  });
  tellAfterCommit(tx, signal, endpointId);
  return delivery;
}

/** Locks an endpoint that takes deliveries. @throws ApiError 409 while it is disabled: it has no queue */
export async function requireReceiving(tx: Tx, endpointId: string): Promise<{ events: string[] }> {
  const endpoint = await lockEndpoint(tx, endpointId);
  if (endpoint.state !== 'disabled') return endpoint;
  throw new ApiError('webhook_endpoint_disabled', {
    status: 409,
    message: 'This endpoint is disabled: nothing is sent to it. Enable it first.',
  });
}

function tellAfterCommit(tx: Tx, signal: DeliverySignal, endpointId: string): void {
  tx.afterCommit.push(() => signal.tell({ environmentId: tx.environmentId, endpointId }));
}
