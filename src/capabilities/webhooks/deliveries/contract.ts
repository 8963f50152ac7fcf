import { z } from 'zod';
import { QueryList, Timestamp, listOf, paginationQuery } from '../../../platform/contract.ts';
import { EventChoice } from '../contract.ts';

const DeliveryState = z.enum(['pending', 'delivered', 'failed', 'discarded']);

/** One request to the endpoint, and what came of it. */
export const DeliveryAttempt = z
  .strictObject({
    id: z.string(),
    at: Timestamp,
    duration_ms: z.int(),
    /** Null when there was no answer. */
    status: z.int().nullable(),
    /** The first kilobyte of the answer. */
    response_head: z.string().nullable(),
    /** Why there was no whole answer, for people. */
    error: z.string().nullable(),
  })
  .meta({ id: 'WebhookDeliveryAttempt' });
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

const told = {
  object: z.literal('webhook_delivery'),
  id: z.string(),
  endpoint_id: z.string(),
  /** Its number among the deliveries of the endpoint: they are counted in the order of events. */
  sequence: z.int(),
  event_id: z.string(),
  event: z.string(),
  is_test: z.boolean(),
  state: DeliveryState,
  attempt_count: z.int(),
  last_status: z.int().nullable(),
  /** When it is sent next; null once it has ended. */
  next_attempt_at: Timestamp.nullable(),
  created_at: Timestamp,
  ended_at: Timestamp.nullable(),
};

export const WebhookDelivery = z.strictObject(told).meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const WebhookDeliveryDetails = z
  .strictObject({ ...told, attempts: z.array(DeliveryAttempt) })
  .meta({ id: 'WebhookDeliveryDetails' });
export type WebhookDeliveryDetails = z.infer<typeof WebhookDeliveryDetails>;

export const WebhookDeliveryList = listOf(WebhookDelivery);

const Moment = z.iso.datetime({ offset: true });

export const ListWebhookDeliveries = z.object({
  ...paginationQuery,
  state: DeliveryState.optional(),
  events: QueryList.optional(),
  /** Of the delivery, not of the event. */
  range_start: Moment.optional(),
  range_end: Moment.optional(),
});
export type ListWebhookDeliveries = z.infer<typeof ListWebhookDeliveries>;

export const SendTestEvent = z.object({ event: EventChoice });
export type SendTestEvent = z.infer<typeof SendTestEvent>;
