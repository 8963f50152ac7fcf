/**
 * Webhooks: events, sent to addresses of the application as they happen.
 *
 * Owns: `webhook_endpoint`, `webhook_delivery`, `webhook_replay`.
 * Emits: nothing; the public catalogue of events has no type for configuration.
 * Invariants: each event that an endpoint has chosen is queued for it once, in the order of `GET /events`, and sent at
 * least once, under ids that never change; an endpoint that fails, hangs or drips costs nobody else their place; a
 * secret is stored sealed; nothing is sent to an address that the outbound guard refuses.
 */
export { EventChoice } from './contract.ts';
export { provideEndpoint } from './endpoints.ts';
export { deliveryHeaders } from './headers.ts';
export { clearQueueJob, eraseEndpointJob, purgeDeliveriesJob, purgeRestJob } from './jobs.ts';
export { replayJob } from './replays/replays.ts';
export { type WebhookDeps, webhookOperations } from './routes.ts';
export { type WebhooksRunner, runWebhooks } from './run.ts';
export { webhookSettings } from './settings.ts';
export { type DeliverySignal, createDeliverySignal } from './signal.ts';
