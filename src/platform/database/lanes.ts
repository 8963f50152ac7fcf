import type { Pool, PoolClient, QueryResult } from 'pg';
import { flushTogether } from './flush.ts';
import { type SentStatement, runStatement } from './named-query.ts';

/** Runs single statements that read, several at once on one connection. */
export interface Lanes {
  execute(statement: SentStatement): Promise<QueryResult>;
  /** Gives the connections back to the pool. */
  close(): void;
}

interface Lane {
  client: PoolClient;
  /** When each statement in flight was sent, oldest first; milliseconds. */
  sentAtMs: number[];
}

/** A lane whose oldest statement takes longer than this gets no more until it is done. */
const stuckMs = 4;

/**
 * Shares `count` pipelined connections between all readers of a process: what is sent in one tick leaves in one write,
 * and the server answers without waiting for the next wake-up. A statement that takes long holds up its lane only,
 * and readers beside it take the pool. Never for transactions.
 */
export function openLanes(pool: Pool, count: number): Lanes {
  const lanes: Lane[] = [];
  let opening = 0;
  let isClosed = false;

  const open = async (): Promise<void> => {
    const client = await pool.connect();
    // The pool waits for everything that was taken from it before it ends.
    if (isClosed) return client.release(true);
    const lane: Lane = { client, sentAtMs: [] };
    client.once('error', (error) => retire(lane, error));
    client.once('end', () => retire(lane, new Error('the connection ended')));
    lanes.push(lane);
  };

  const retire = (lane: Lane, error: Error | true): void => {
    const index = lanes.indexOf(lane);
    if (index === -1) return;
    lanes.splice(index, 1);
    lane.client.release(error);
  };

  const choose = (): Lane | null => {
    if (lanes.length + opening < count) {
      opening += 1;
      open()
        .catch(() => undefined) // no connection now: the pool says so to whoever asks
        .finally(() => (opening -= 1));
    }
    const nowMs = performance.now();
    let best: Lane | null = null;
    for (const lane of lanes) {
      const [oldest] = lane.sentAtMs;
      if (oldest !== undefined && nowMs - oldest > stuckMs) continue;
      if (best === null || lane.sentAtMs.length < best.sentAtMs.length) best = lane;
    }
    return best;
  };

  return {
    execute(statement) {
      const lane = choose();
      return lane === null ? pool.query(statement) : send(lane, statement);
    },
    close() {
      isClosed = true;
      while (lanes[0]) retire(lanes[0], true);
    },
  };
}

async function send(lane: Lane, statement: SentStatement): Promise<QueryResult> {
  flushTogether(lane.client);
  lane.sentAtMs.push(performance.now());
  try {
    return await runStatement(lane.client, statement);
  } finally {
    lane.sentAtMs.shift();
  }
}
