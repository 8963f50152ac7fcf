import { createIdSequence } from '../../../lib/id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Database, Db } from '../../../platform/database/database.ts';
import {
  type EventCursor,
  type EventHead,
  listReadable,
  lockCursor,
  moveCursor,
  readBehindCursor,
} from '../../../platform/events/cursors.ts';
import { isBeforeSnapshot, isPastSnapshot } from '../../../platform/events/snapshot.ts';
import { randomSeed } from '../../../platform/random.ts';
import { deliveryPrefix, insertDeliveries, takeSequences } from '../deliveries/store.ts';
import { eventConsumer } from '../endpoints.ts';
import { isChosen } from '../event-types.ts';
import { type Follower, countFollowers, forgetSince, lockFollowers } from './store.ts';

/** Events of one transaction, which is of one environment. */
const mostEvents = 500;
/** Deliveries of one transaction: with many endpoints it takes fewer events. */
const mostRows = 5_000;

export interface FannedOut {
  /** Endpoints that are to be sent something. */
  endpointIds: ReadonlySet<string>;
  /** Environments whose events were read. */
  read: ReadonlySet<string>;
  /** Environments with more events than were taken. */
  unfinished: ReadonlySet<string>;
  /** What went wrong, by environment: the others are not touched by it. */
  failures: ReadonlyMap<string, unknown>;
}

interface FanOutDeps {
  database: Database;
  clock: Clock;
}

/**
 * Queues the next events of these environments for the endpoints that have chosen them, a transaction for each
 * environment. The cursor moves in the same transaction, and its row is locked: no event is skipped or queued twice,
 * however many nodes do this.
 */
export async function fanOut(deps: FanOutDeps, environmentIds: readonly string[]): Promise<FannedOut> {
  const endpointIds = new Set<string>();
  const read = new Set<string>();
  const unfinished = new Set<string>();
  const failures = new Map<string, unknown>();
  for (const id of await listReadable(deps.database, eventConsumer, environmentIds)) {
    try {
      const turn = await deps.database.transaction((db) => fanOutOne(db, id, deps.clock.now()));
      if (turn === null) continue;
      read.add(id);
      for (const endpointId of turn.endpointIds) endpointIds.add(endpointId);
      if (turn.isUnfinished) unfinished.add(id);
    } catch (error) {
      failures.set(id, error);
    }
  }
  return { endpointIds, read, unfinished, failures };
}

/** @returns null when there is nothing to read, or another node reads it */
async function fanOutOne(
  db: Db,
  environmentId: string,
  now: Date,
): Promise<{ endpointIds: readonly string[]; isUnfinished: boolean } | null> {
  const cursor = await lockCursor(db, eventConsumer, environmentId);
  if (cursor === null) return null;
  const count = await countFollowers(db, environmentId);
  const limit = Math.max(1, Math.min(mostEvents, Math.floor(mostRows / Math.max(1, count))));
  const events = await readBehindCursor(db, cursor, limit);
  const last = events.at(-1);
  if (last === undefined) return null;
  // After the events: an endpoint that was there before one of them is seen.
  const followers = await lockFollowers(db, environmentId);
  const endpointIds = await queueEvents(db, { cursor, events, followers, now });
  await moveCursor(db, eventConsumer, { ...cursor, xid: last.xid, seq: last.seq });
  const caughtUp = followers.filter(({ since }) => since !== null && isPastSnapshot(last.xid, since));
  if (caughtUp.length > 0) {
    await forgetSince(
      db,
      environmentId,
      caughtUp.map(({ id }) => id),
    );
  }
  return { endpointIds, isUnfinished: events.length === limit };
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
  await insertDeliveries(db, rows, now);
  return receiving.filter(({ state }) => state === 'enabled').map(({ id }) => id);
}

const isFor = ({ events, since }: Follower, event: EventHead): boolean =>
  isChosen(events, event.type) && (since === null || !isBeforeSnapshot(event.xid, since));
