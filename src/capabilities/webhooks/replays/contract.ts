import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { EventChoice } from '../contract.ts';

const Moment = z.iso.datetime({ offset: true });

export const StartReplay = z.object({
  /** A moment, or the id of an event: everything after it. */
  since: z.union([Moment, z.string().startsWith('event_').max(100)], {
    error: 'Say where to begin: a moment (2026-01-15T12:00:00Z) or the id of an event.',
  }),
  /** Everything before this moment; now without. */
  until: Moment.optional(),
  /** None: the types that the endpoint has chosen. */
  events: z.array(EventChoice).max(200).default([]),
  /** `undelivered`: what was never sent, failed or was given up, of the last 30 days; `all`: delivered ones too. */
  include: z.enum(['undelivered', 'all']).default('undelivered'),
});
export type StartReplay = z.infer<typeof StartReplay>;

export const WebhookReplay = z
  .strictObject({
    object: z.literal('webhook_replay'),
    id: z.string(),
    endpoint_id: z.string(),
    state: z.enum(['running', 'done']),
    since: z.string(),
    until: Timestamp,
    events: z.array(z.string()),
    include: z.enum(['undelivered', 'all']),
    /** Deliveries that it has queued so far. */
    queued_count: z.int(),
    created_at: Timestamp,
    ended_at: Timestamp.nullable(),
  })
  .meta({ id: 'WebhookReplay' });
export type WebhookReplay = z.infer<typeof WebhookReplay>;
