import type { List } from '../../platform/contract.ts';
import { violatedConstraint } from '../../platform/database/database.ts';
import { type Encryption, EncryptionError } from '../../platform/encryption.ts';
import { ApiError, invalidField, notFound } from '../../platform/errors.ts';
import { provideCursor } from '../../platform/events/cursors.ts';
import { enqueue } from '../../platform/jobs/jobs.ts';
import type { Reader } from '../../platform/scope.ts';
import { makeSecret } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import type {
  CreateWebhookEndpoint,
  ListWebhookEndpoints,
  RotateWebhookSecret,
  UpdateWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointStatus,
} from './contract.ts';
import { clearQueueJob, eraseEndpointJob } from './jobs.ts';
import { openSecret, sealSecret } from './secrets.ts';
import type { DeliverySignal } from './signal.ts';
import * as store from './store.ts';

/** The reader of events that feeds endpoints. */
export const eventConsumer = 'webhooks';

/** Of an environment: an event may be queued for each of them. Such as are made in the same moment may come on top. */
const mostEndpoints = 1_000;

export interface EndpointDeps {
  encryption: Encryption;
  signal: DeliverySignal;
}

const endpointNotFound = (id: string) => notFound('Webhook endpoint', id);

function toWire(encryption: Encryption, row: store.EndpointRow): WebhookEndpoint {
  const { secret_sealed: _, state: __, ...told } = row;
  return { ...told, secret: tellSecret(encryption, row) };
}

/**
 * A secret whose master key is missing must not keep the others from being told, nor its endpoint from being changed. In
 * its place stands what nobody can guess: a program that takes it over for its secret refuses every signature.
 */
function tellSecret(encryption: Encryption, row: store.EndpointRow): string {
  try {
    return openSecret(encryption, row);
  } catch (error) {
    if (error instanceof EncryptionError) return makeSecret('unreadable_');
    throw error;
  }
}

/** Locks the endpoint. @throws ApiError 404 */
export async function lockEndpoint(tx: Tx, id: string): Promise<store.EndpointRow> {
  const endpoint = await store.findEndpointForUpdate(tx, id);
  if (!endpoint) throw endpointNotFound(id);
  return endpoint;
}

export async function requireEndpoint(reader: Reader, id: string): Promise<void> {
  if (!(await store.findEndpoint(reader, id))) throw endpointNotFound(id);
}

export async function listEndpoints(
  reader: Reader,
  { encryption }: EndpointDeps,
  query: ListWebhookEndpoints,
): Promise<List<WebhookEndpoint>> {
  const list = await store.listEndpoints(reader, query);
  return { ...list, data: list.data.map((row) => toWire(encryption, row)) };
}

export async function getEndpointStatus(reader: Reader, id: string): Promise<WebhookEndpointStatus> {
  const status = await store.findStatus(reader, id);
  if (!status) throw endpointNotFound(id);
  return status;
}

export const listEndpointStatuses = store.listStatuses;

/** Makes an endpoint, which is sent what happens from now on. */
export async function createEndpoint(
  tx: Tx,
  { encryption, signal }: EndpointDeps,
  input: CreateWebhookEndpoint & { secret?: string },
): Promise<WebhookEndpoint> {
  const id = tx.newId('we');
  // Before the endpoint: it must have a cursor as soon as it can be seen.
  await provideCursor(tx, tx.environmentId, eventConsumer);
  if ((await store.countEndpoints(tx)) >= mostEndpoints) {
    // In the shape that the contract has for 422 here.
    throw invalidField(
      'endpoint_url',
      'webhook_endpoint_limit_reached',
      `An environment has at most ${mostEndpoints} webhook endpoints. Delete one that is not used.`,
    );
  }
  const secret = input.secret ?? makeSecret('whsec_');
  const row = await namingConflict(() =>
    store.insertEndpoint(tx, {
      id,
      endpoint_url: input.endpoint_url,
      events: input.events,
      secret_sealed: sealSecret(encryption, id, secret),
    }),
  );
  tx.afterCommit.push(() => signal.tell({ environmentId: tx.environmentId, endpointId: id }));
  return toWire(encryption, row);
}

/** Changes what is given. Disabled drops the queue; paused is disabled to the wire, and keeps it. */
export async function updateEndpoint(
  tx: Tx,
  deps: EndpointDeps,
  { id, ...input }: UpdateWebhookEndpoint & { id: string },
): Promise<WebhookEndpoint> {
  const current = await lockEndpoint(tx, id);
  const wanted = {
    id,
    endpoint_url: input.endpoint_url ?? current.endpoint_url,
    events: input.events ?? current.events,
  };
  const isSame =
    wanted.endpoint_url === current.endpoint_url && wanted.events.join() === current.events.join();
  let row = isSame ? current : await namingConflict(() => store.updateEndpointRow(tx, wanted));
  // By the state: a paused endpoint is disabled to the wire, and yet has a queue to drop.
  if (input.status !== undefined && input.status !== current.state) {
    row = input.status === 'enabled' ? await enable(tx, deps, id) : await disable(tx, id, 'operator');
  }
  return toWire(deps.encryption, row);
}

async function enable(tx: Tx, { signal }: EndpointDeps, id: string): Promise<store.EndpointRow> {
  const row = await store.enableEndpoint(tx, id);
  tx.afterCommit.push(() => signal.tell({ environmentId: tx.environmentId, endpointId: id }));
  return row;
}

/** Switches a locked endpoint off; what waits for it is given up. */
export async function disable(
  tx: Tx,
  id: string,
  reason: 'operator' | 'failing',
): Promise<store.EndpointRow> {
  const queue = await store.startQueue(tx, id);
  enqueue(tx, clearQueueJob, { endpoint_id: id, queue });
  return store.disableEndpoint(tx, id, reason);
}

/** Deletes an endpoint; its deliveries go with it. */
export async function deleteEndpoint(tx: Tx, id: string): Promise<void> {
  await lockEndpoint(tx, id);
  await store.markEndpointDeleted(tx, id);
  enqueue(tx, eraseEndpointJob, { endpoint_id: id });
}

/** Stops sending and keeps what is to be sent. @throws ApiError 409 for a disabled endpoint, which has no queue */
export async function pauseEndpoint(tx: Tx, id: string): Promise<WebhookEndpointStatus> {
  const { state } = await lockEndpoint(tx, id);
  if (state === 'disabled') {
    throw new ApiError('webhook_endpoint_disabled', {
      status: 409,
      message: 'This endpoint is disabled: nothing is kept for it. Enable it first.',
    });
  }
  if (state === 'enabled') await store.pauseEndpoint(tx, id);
  return getEndpointStatus(tx, id);
}

/** Sends on: a paused endpoint from where it was, a disabled one from now. */
export async function resumeEndpoint(tx: Tx, deps: EndpointDeps, id: string): Promise<WebhookEndpointStatus> {
  const { state } = await lockEndpoint(tx, id);
  if (state !== 'enabled') await enable(tx, deps, id);
  return getEndpointStatus(tx, id);
}

/** Makes a new secret; the one until now stays good for the overlap. */
export async function rotateSecret(
  tx: Tx,
  { encryption }: EndpointDeps,
  { id, overlap_hours }: RotateWebhookSecret & { id: string },
): Promise<WebhookEndpoint> {
  await lockEndpoint(tx, id);
  const row = await store.replaceSecret(tx, {
    id,
    secret_sealed: sealSecret(encryption, id, makeSecret('whsec_')),
    previousUntil: overlap_hours === 0 ? null : new Date(tx.now.getTime() + overlap_hours * 3_600_000),
  });
  return toWire(encryption, row);
}

/** For seeds: the endpoint of this URL, made or changed to what is asked. */
export async function provideEndpoint(
  tx: Tx,
  deps: EndpointDeps,
  input: CreateWebhookEndpoint & { secret?: string; status: 'enabled' | 'disabled' },
): Promise<void> {
  const { endpoint_url, events, status } = input;
  const existing = await store.findEndpointByUrl(tx, endpoint_url);
  const { id } = existing ?? (await createEndpoint(tx, deps, input));
  await updateEndpoint(tx, deps, { id, events, status });
}

/** Answers a unique violation with the documented code. */
async function namingConflict<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (violatedConstraint(error) !== 'webhook_endpoint_url_key') throw error;
    throw new ApiError('duplicate_endpoint', {
      status: 409,
      message: 'Another webhook endpoint of this environment has this URL.',
    });
  }
}
