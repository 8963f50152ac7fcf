import { afterEach, vi } from 'vitest';
import type { TestClient } from './client.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** How long something in the background may take on a busy machine. */
export const within = { timeout: 20_000, interval: 10 };

/** Receivers for the tests of a file; each test's are closed after it. */
export function useReceivers(): () => Promise<Receiver> {
  const receivers: Receiver[] = [];
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver.close();
  });
  return async () => {
    const receiver = await startReceiver();
    receivers.push(receiver);
    return receiver;
  };
}

/** Makes an endpoint. @returns as it was answered */
export async function anEndpoint(
  api: TestClient,
  url: string,
  events: readonly string[] = ['organization.created'],
): Promise<{ id: string; secret: string }> {
  const { status, body } = await api.post('/webhook_endpoints', { endpoint_url: url, events });
  if (status !== 201) throw new Error(`no endpoint: ${JSON.stringify(body)}`);
  return body;
}

/** Waits until the newest delivery of an endpoint is as asked. */
export async function deliveryWhen(
  api: TestClient,
  endpointId: string,
  isReached: (delivery: { state: string; attempt_count: number }) => boolean,
): Promise<{ id: string; [field: string]: unknown }> {
  return vi.waitFor(async () => {
    const { body } = await api.get(`/management/webhook_endpoints/${endpointId}/deliveries?limit=1`);
    const [delivery] = body.data;
    if (!delivery || !isReached(delivery)) throw new Error(`not yet: ${JSON.stringify(delivery)}`);
    return (await api.get(`/management/webhook_deliveries/${delivery.id}`)).body;
  }, within);
}
