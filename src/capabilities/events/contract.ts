import assert from 'node:assert/strict';
import { z } from 'zod';
import { type List, QueryList, Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';
import { definedEvents } from '../../platform/events/events.ts';

/** Who did it, for whom; `previous_attributes` holds what an update replaced (spec/enterprise 8.1). */
const EventContext = z
  .looseObject({
    client_id: z.string().optional(),
    actor: z
      .strictObject({
        id: z.string(),
        source: z.enum(['api', 'dashboard', 'admin_portal', 'system']),
        name: z.string().nullable(),
      })
      .optional(),
    previous_attributes: z.record(z.string(), z.unknown()).optional(),
    google_analytics_client_id: z.string().optional(),
    google_analytics_sessions: z
      .array(
        z.strictObject({
          containerId: z.string(),
          sessionId: z.string().optional(),
          sessionNumber: z.string().optional(),
        }),
      )
      .optional(),
    ajs_anonymous_id: z.string().optional(),
  })
  .meta({ id: 'EventContext' });

/** An event as it is answered; each name has its own `data`. */
export interface Event {
  object: 'event';
  id: string;
  event: string;
  data: object;
  created_at: string;
  context: object;
}

export type EventList = List<Event>;

/** One envelope per event that a slice has declared; made when the application is put together. */
export function eventListSchema() {
  const variants = [...definedEvents().values()].map(({ name, data }) =>
    z.strictObject({
      object: z.literal('event'),
      id: z.string(),
      event: z.literal(name),
      data,
      created_at: Timestamp,
      context: EventContext,
    }),
  );
  const [first, ...others] = variants;
  assert(first, 'no slice has declared an event');
  return listOf(z.discriminatedUnion('event', [first, ...others]).meta({ id: 'Event' }));
}

const Moment = z.iso.datetime({ offset: true });

/** As every list, but oldest first unless asked otherwise: a reader walks forward with `after`. */
export const ListEvents = z.object({
  ...paginationQuery,
  order: paginationQuery.order.removeDefault().default('asc'),
  events: QueryList.optional(),
  organization_id: z.string().max(100).optional(),
  range_start: Moment.optional(),
  range_end: Moment.optional(),
});
export type ListEvents = z.infer<typeof ListEvents>;
