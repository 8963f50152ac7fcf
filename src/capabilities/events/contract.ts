import assert from 'node:assert/strict';
import { z } from 'zod';
import { type List, QueryList, Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';
import type { EventName } from '../../platform/events/names.ts';
import { type CataloguedEvent, listCatalogue } from './catalogue.ts';
import { EventContext } from './context.ts';

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

/** The whole of an event: the envelope around its own `data`. */
export function eventSchema({ name, data, context, when, isPlanned }: CataloguedEvent) {
  return z
    .strictObject({
      object: z.literal('event'),
      id: z.string(),
      event: z.literal(name),
      data,
      created_at: Timestamp,
      context: context?.schema ?? EventContext,
    })
    .meta({ id: schemaName(name), description: when, ...(isPlanned ? { 'x-planned': true } : {}) });
}

/** `dsync.group.user_added` is `DsyncGroupUserAddedEvent` in the OpenAPI document. */
const schemaName = (name: EventName): string =>
  `${name
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Event`;

/** One variant for each documented event; made when the application is put together. */
export function eventListSchema() {
  const [first, ...others] = listCatalogue().map(eventSchema);
  assert(first);
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
