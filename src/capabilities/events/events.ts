import { idTime } from '../../lib/id.ts';
import { ApiError, invalidField } from '../../platform/errors.ts';
import { eventHorizon } from '../../platform/events/partitions.ts';
import { isEventName } from '../../platform/events/names.ts';
import {
  type EventPosition,
  type EventRow,
  findEventPosition,
  readEvents,
} from '../../platform/events/store.ts';
import { type PageScan, planPage, toList, unknownCursor } from '../../platform/pagination.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Event, EventList, ListEvents } from './contract.ts';

const longestRangeMs = 30 * 86_400_000;

/**
 * One page of the environment's events.
 * @throws ApiError 422 for unknown names, cursors and malformed ranges, 400 for a cursor together with `range_start`
 */
export async function listEvents(reader: Reader, query: ListEvents): Promise<EventList> {
  checkTypes(query.events);
  const range = readRange(reader, query);
  const scan = planPage(query);
  const rows = await readEvents(reader, {
    types: query.events && query.events.length > 0 ? [...new Set(query.events)] : null,
    organizationId: query.organization_id ?? null,
    ...range,
    from: await findCursor(reader, query, scan),
    direction: scan.direction,
    limit: scan.limit,
  });
  return toList(rows.map(toEnvelope), query);
}

/** An event as it is answered, and sent to endpoints byte by byte the same. */
export function toEnvelope({ id, event, data, context, created_at }: Omit<EventRow, 'xid' | 'seq'>): Event {
  return { object: 'event', id, event, data, created_at, context } as Event;
}

function checkTypes(types: readonly string[] | undefined): void {
  const unknown = types?.find((type) => !isEventName(type));
  if (unknown !== undefined) {
    throw invalidField('events', 'unknown_event_type', `There is no event named '${unknown}'.`);
  }
}

function readRange(reader: Reader, query: ListEvents): { since: Date; until: Date | null } {
  const { range_start: start, range_end: end } = query;
  if (start !== undefined && query.after !== undefined) {
    throw new ApiError('invalid_request_parameters', {
      status: 400,
      message: 'Give either range_start or after: a cursor says where to start already.',
    });
  }
  const horizon = eventHorizon(reader.now);
  const since = start === undefined ? horizon : new Date(start);
  const until = end === undefined ? null : new Date(end);
  if (until && until <= since)
    throw invalidField('range_end', 'invalid_range', 'range_end is not after range_start.');
  if (start !== undefined && until && until.getTime() - since.getTime() > longestRangeMs) {
    throw invalidField('range_end', 'range_too_long', 'A range spans at most 30 days.');
  }
  return { since: since < horizon ? horizon : since, until };
}

async function findCursor(reader: Reader, query: ListEvents, scan: PageScan): Promise<EventPosition | null> {
  const { cursor } = scan;
  if (cursor === null) return null;
  const createdAt = idTime(cursor);
  const position = createdAt && (await findEventPosition(reader, cursor, createdAt));
  if (!position) throw unknownCursor(query);
  return position;
}
