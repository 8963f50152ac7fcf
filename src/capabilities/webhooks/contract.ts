import { z } from 'zod';
import { Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';
import { subscribableEventNames } from '../events/index.ts';
import { isDelivered } from './event-types.ts';

/** A type of event that can be chosen. */
export const EventChoice = z
  .string()
  .refine(isDelivered, {
    error: 'There is no event of this name that endpoints are sent.',
    params: { code: 'unknown_event_type' },
  })
  .meta({ enum: [...subscribableEventNames] });

const Events = z
  .array(EventChoice)
  .max(200)
  .transform((types) => [...new Set(types)]);

const Status = z.enum(['enabled', 'disabled']);

export const WebhookEndpoint = z
  .strictObject({
    object: z.literal('webhook_endpoint'),
    id: z.string(),
    endpoint_url: z.string(),
    /**
     * What deliveries are signed with; after a rotation, the newer. It begins with `unreadable_` while the master key that
     * sealed it is missing: nothing is sent until the key is back, or the secret is rotated.
     */
    secret: z.string(),
    status: Status,
    /** None means all that can be chosen. */
    events: z.array(z.string()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'WebhookEndpoint' });
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

export const WebhookEndpointList = listOf(WebhookEndpoint);

/** Judged with its reason by `checkEndpointUrl`. */
const EndpointUrl = z.string();

export const CreateWebhookEndpoint = z.object({ endpoint_url: EndpointUrl, events: Events });
export type CreateWebhookEndpoint = z.infer<typeof CreateWebhookEndpoint>;

export const UpdateWebhookEndpoint = z.object({
  endpoint_url: EndpointUrl.optional(),
  status: Status.optional(),
  events: Events.optional(),
});
export type UpdateWebhookEndpoint = z.infer<typeof UpdateWebhookEndpoint>;

export const ListWebhookEndpoints = z.object(paginationQuery);
export type ListWebhookEndpoints = z.infer<typeof ListWebhookEndpoints>;

/** What operators see of an endpoint beside its public fields; the secret is not among them. */
export const WebhookEndpointStatus = z
  .strictObject({
    object: z.literal('webhook_endpoint_status'),
    id: z.string(),
    endpoint_url: z.string(),
    events: z.array(z.string()),
    /** A paused endpoint keeps its queue, a disabled one has none. */
    state: z.enum(['enabled', 'paused', 'disabled']),
    disabled_reason: z.enum(['operator', 'failing']).nullable(),
    disabled_at: Timestamp.nullable(),
    /** Since when every delivery has failed; within a minute. */
    failing_since: Timestamp.nullable(),
    last_success_at: Timestamp.nullable(),
    last_failure_at: Timestamp.nullable(),
    /** Until when the secret before the last rotation signs as well. */
    previous_secret_until: Timestamp.nullable(),
    /** Deliveries that wait, counted up to 10,000; in a list, to 1,000. */
    pending_deliveries: z.int(),
    /** The number of the newest delivery. */
    sequence: z.int(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'WebhookEndpointStatus' });
export type WebhookEndpointStatus = z.infer<typeof WebhookEndpointStatus>;

export const WebhookEndpointStatusList = listOf(WebhookEndpointStatus);

export const RotateWebhookSecret = z.object({
  /** How long the secret until now stays good. One before it, whose overlap was not over, ends at once. */
  overlap_hours: z.number().min(0).max(168).default(24),
});
export type RotateWebhookSecret = z.infer<typeof RotateWebhookSecret>;
