import { createIdSequence } from '../../../lib/id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Database, Db } from '../../../platform/database/database.ts';
import {
  type EventCursor,
  type EventHead,
  lockCursors,
  moveCursor,
  readBehindCursor,
} from '../../../platform/events/cursors.ts';
import { isBeforeSnapshot, isPastSnapshot } from '../../../platform/events/snapshot.ts';
import { randomSeed } from '../../../platform/random.ts';
import { deliveryPrefix, insertDeliveries, takeSequences } from '../deliveries/store.ts';
import { eventConsumer } from '../endpoints.ts';
import { isChosen } from '../event-types.ts';
import { type Follower, forgetSince, lockFollowers } from './store.ts';

/** Events of one environment in one transaction. */
const atOnce = 500;
/** Deliveries of one statement. */
const rowsAtOnce = 5_000;

export interface FannedOut {
  /** Endpoints that are to be sent something. */
  endpointIds: ReadonlySet<string>;
  /** Environments with more events than were taken. */
  unfinished: ReadonlySet<string>;
}

/**
 * Queues the next events of these environments for the endpoints that have chosen them. The cursor moves in the same
 * transaction, and its row is locked: no event is skipped or queued twice, however many nodes do this.
 */
export async function fanOut(
  { database, clock }: { database: Database; clock: Clock },
  environmentIds: readonly string[],
): Promise<FannedOut> {
  const endpointIds = new Set<string>();
  const unfinished = new Set<string>();
  await database.transaction(async (db) => {
    const cursors = await lockCursors(db, eventConsumer, environmentIds);
    for (const cursor of cursors) {
      const events = await readBehindCursor(db, cursor, atOnce);
      const last = events.at(-1);
      if (last === undefined) continue;
      // After the events: an endpoint that was there before one of them is seen.
      const followers = await lockFollowers(db, cursor.environment_id);
      const queued = await queueEvents(db, { cursor, events, followers, now: clock.now() });
      for (const id of queued) endpointIds.add(id);
      await moveCursor(db, eventConsumer, { ...cursor, xid: last.xid, seq: last.seq });
      const caughtUp = followers.filter(({ since }) => since !== null && isPastSnapshot(last.xid, since));
      if (caughtUp.length > 0) {
        await forgetSince(
          db,
          cursor.environment_id,
          caughtUp.map(({ id }) => id),
        );
      }
      if (events.length === atOnce) unfinished.add(cursor.environment_id);
    }
  });
  return { endpointIds, unfinished };
}

/** @returns the endpoints that can be sent something now */
async function queueEvents(
  db: Db,
  parts: { cursor: EventCursor; events: readonly EventHead[]; followers: readonly Follower[]; now: Date },
): Promise<string[]> {
  const { cursor, events, followers, now } = parts;
  const wanted = new Map(
    followers.map((follower) => [follower, events.filter((event) => isFor(follower, event))] as const),
  );
  const receiving = followers.filter((follower) => (wanted.get(follower)?.length ?? 0) > 0);
  if (receiving.length === 0) return [];
  const counts = new Map(receiving.map((follower) => [follower.id, wanted.get(follower)?.length ?? 0]));
  const firsts = await takeSequences(db, counts);
  const newId = createIdSequence(now.getTime(), randomSeed());
  const rows = receiving.flatMap((follower) =>
    (wanted.get(follower) ?? []).map((event, index) => ({
      environment_id: cursor.environment_id,
      id: newId(deliveryPrefix),
      endpoint_id: follower.id,
      sequence: (firsts.get(follower.id) ?? 0) + index,
      event_id: event.id,
      event_type: event.type,
      event_created_at: event.created_at,
    })),
  );
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    await insertDeliveries(db, rows.slice(at, at + rowsAtOnce), now);
  }
  return receiving.filter(({ state }) => state === 'enabled').map(({ id }) => id);
}

const isFor = ({ events, since }: Follower, event: EventHead): boolean =>
  isChosen(events, event.type) && (since === null || !isBeforeSnapshot(event.xid, since));
