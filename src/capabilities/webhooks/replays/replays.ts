import { z } from 'zod';
import { idTime } from '../../../lib/id.ts';
import { ApiError, invalidField, notFound } from '../../../platform/errors.ts';
import { findCursor, hasEventsBehind } from '../../../platform/events/cursors.ts';
import { eventHorizon } from '../../../platform/events/partitions.ts';
import {
  type EventPosition,
  type EventRow,
  findEventPosition,
  readEvents,
} from '../../../platform/events/store.ts';
import { type JobKind, defineJob, enqueue } from '../../../platform/jobs/jobs.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { requireReceiving } from '../deliveries/deliveries.ts';
import { deliveryPrefix, insertDeliveries, requeueEvents, takeSequence } from '../deliveries/store.ts';
import { eventConsumer } from '../endpoints.ts';
import { endedKeptDays } from '../retention.ts';
import { isChosen } from '../event-types.ts';
import type { DeliverySignal } from '../signal.ts';
import type { StartReplay, WebhookReplay } from './contract.ts';
import * as store from './store.ts';

/** Events of one transaction. */
const atOnce = 500;
/** How soon a replay looks again for events that have not been handed out yet. */
const lagMs = 1_000;

const requeuedStates = {
  undelivered: ['failed', 'discarded'],
  all: ['failed', 'discarded', 'delivered'],
} as const;

const replayKind = {
  kind: 'webhooks.replay',
  payload: z.strictObject({ replay_id: z.string() }),
  maxAttempts: 20,
};

function toWire(row: store.ReplayRow): WebhookReplay {
  const { after_event_id: _, ...replay } = row;
  return replay;
}

export async function getReplay(reader: Reader, id: string): Promise<WebhookReplay> {
  const replay = await store.findReplay(reader, id);
  if (!replay) throw notFound('Webhook replay', id);
  return toWire(replay);
}

/** Queues events for an endpoint again, or for the first time, in the background. */
export async function startReplay(
  tx: Tx,
  { id: endpointId, ...input }: StartReplay & { id: string },
): Promise<WebhookReplay> {
  await requireReceiving(tx, endpointId);
  const { since, until, events, include } = input;
  const eventId = isEventId(since) ? since : null;
  if (eventId !== null) await requirePosition(tx, eventId);
  if (until !== undefined && eventId === null && new Date(until) <= new Date(since)) {
    throw invalidField('until', 'invalid_range', 'until is not after since.');
  }
  if (include === 'undelivered') requireInLedger(tx, eventId === null ? new Date(since) : idTime(eventId));
  const replay = await store.insertReplay(tx, {
    id: tx.newId('webhook_replay'),
    endpoint_id: endpointId,
    after_event_id: eventId,
    since,
    until: until === undefined ? new Date(tx.now.getTime() + 1) : new Date(until),
    events,
    include,
  });
  enqueue(tx, replayKind, { replay_id: replay.id });
  return toWire(replay);
}

/** Before the ledger begins nobody knows what was delivered. */
const ledgerBegin = (tx: Tx): Date => new Date(tx.now.getTime() - endedKeptDays * 86_400_000);

function requireInLedger(tx: Tx, since: Date | null): void {
  if (since === null || since >= ledgerBegin(tx)) return;
  throw invalidField(
    'since',
    'before_ledger',
    `What was delivered is known for ${endedKeptDays} days. Send \`include: all\` to begin earlier: deliveries come again then.`,
  );
}

const isEventId = (since: string): boolean => since.startsWith('event_');

async function requirePosition(reader: Reader, eventId: string) {
  const createdAt = idTime(eventId);
  const position = createdAt && (await findEventPosition(reader, eventId, createdAt));
  if (!position) throw invalidField('since', 'unknown_cursor', 'No event has this id.');
  return position;
}

export const replayJob = (signal: DeliverySignal): JobKind<{ replay_id: string }> =>
  defineJob({ ...replayKind, run: (tx, { replay_id }) => continueReplay(tx, signal, replay_id) });

/** Looks at the next events, in the transaction of the job: each piece is queued once. */
async function continueReplay(tx: Tx, signal: DeliverySignal, id: string): Promise<void> {
  const replay = await store.findReplay(tx, id);
  if (!replay || replay.state === 'done') return;
  const endpoint = await requireReceiving(tx, replay.endpoint_id).catch((error: unknown) => {
    // Disabled or deleted since.
    if (error instanceof ApiError && error.status < 500) return null;
    throw error;
  });
  const { events, isLagging } = endpoint ? await readNext(tx, replay) : nothing;
  const isFull = events.length === atOnce;
  const chosen = replay.events.length > 0 ? replay.events : (endpoint?.events ?? []);
  const wanted = events.filter(({ event }) => isChosen(chosen, event));
  const queued = await queueEvents(tx, replay, wanted);
  const isDone = !isFull && !isLagging;
  await store.moveReplay(tx, id, { afterEventId: events.at(-1)?.id ?? null, queued, isDone });
  if (!isDone) {
    const runAt = new Date(tx.now.getTime() + (isFull ? 0 : lagMs));
    enqueue(tx, replayKind, { replay_id: id }, { runAt });
  }
  tx.afterCommit.push(() => signal.tell({ environmentId: tx.environmentId, endpointId: replay.endpoint_id }));
}

interface Piece {
  events: EventRow[];
  /** True while events that the replay is to see have not been handed out. */
  isLagging: boolean;
}

const nothing: Piece = { events: [], isLagging: false };

/** The next events, as far as new ones have been handed out. */
async function readNext(tx: Tx, replay: store.ReplayRow): Promise<Piece> {
  const cursor = await findCursor(tx, tx.environmentId, eventConsumer);
  const from =
    replay.after_event_id === null
      ? null
      : await requirePosition(tx, replay.after_event_id).catch(() => undefined);
  // The event went with its month while the replay ran: so did all before it.
  if (cursor === null || from === undefined) return nothing;
  const horizon = replay.include === 'undelivered' ? ledgerBegin(tx) : eventHorizon(tx.now);
  const since =
    !isEventId(replay.since) && new Date(replay.since) > horizon ? new Date(replay.since) : horizon;
  const until = new Date(replay.until);
  const events = await readEvents(tx, {
    types: null,
    organizationId: null,
    since,
    until,
    from,
    through: cursor,
    direction: 'asc',
    limit: atOnce,
  });
  return { events, isLagging: await isLagging(tx, replay, { cursor, since, until }) };
}

/**
 * Handing out skips what was committed before the endpoint was switched on, and what it has not chosen: a replay that
 * ended before the cursor has passed such events would lose them. What happens after the replay began is not waited for.
 */
function isLagging(
  tx: Tx,
  { created_at }: store.ReplayRow,
  { cursor, since, until }: { cursor: EventPosition; since: Date; until: Date },
): Promise<boolean> {
  const began = new Date(new Date(created_at).getTime() + 1);
  return hasEventsBehind(tx, tx.environmentId, { cursor, since, until: began < until ? began : until });
}

async function queueEvents(
  tx: Tx,
  { endpoint_id: endpointId, include }: store.ReplayRow,
  events: readonly EventRow[],
): Promise<number> {
  if (events.length === 0) return 0;
  const ids = events.map((event) => event.id);
  const known = new Set(await store.listDeliveredEvents(tx, endpointId, ids));
  const fresh = events.filter((event) => !known.has(event.id));
  const requeued = await requeueEvents(tx, endpointId, [...known], requeuedStates[include]);
  if (fresh.length === 0) return requeued;
  const first = await takeSequence(tx, endpointId, fresh.length);
  const rows = fresh.map((event, index) => ({
    environment_id: tx.environmentId,
    id: tx.newId(deliveryPrefix),
    endpoint_id: endpointId,
    sequence: first + index,
    event_id: event.id,
    event_type: event.event,
    event_created_at: event.created_at,
  }));
  await insertDeliveries(tx, rows, tx.now);
  return requeued + fresh.length;
}
