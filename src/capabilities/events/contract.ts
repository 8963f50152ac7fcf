import { z } from 'zod';
import { QueryList, Timestamp, paginationQuery } from '../../platform/contract.ts';

/** The envelope (spec/enterprise 8.1); `data` is the object that the event's own schema describes. */
export const Event = z
  .strictObject({
    object: z.literal('event'),
    id: z.string(),
    event: z.string(),
    data: z.record(z.string(), z.unknown()),
    created_at: Timestamp,
    context: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type Event = z.infer<typeof Event>;

export const EventList = z.strictObject({
  object: z.literal('list'),
  data: z.array(Event),
  list_metadata: z.strictObject({ before: z.string().nullable(), after: z.string().nullable() }),
});
export type EventList = z.infer<typeof EventList>;

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
