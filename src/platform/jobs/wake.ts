import { Client, type PoolConfig } from 'pg';
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Log } from '../log.ts';

const channel = 'doorwright_jobs';
const togetherMs = 20;
const reconnectMs = 1_000;

/**
 * Carries "there is work" from a commit in one process to the workers of all: to this one at once, to the others
 * within milliseconds. Through a pooler, which would lose the listening session, others find it at their next poll.
 * @param connection a direct connection, or null
 * @param wake called whenever there may be work
 * @returns closes the listening session
 */
export function carryJobSignal(
  database: Database,
  connection: PoolConfig | null,
  wake: () => void,
  log: Log,
): () => Promise<void> {
  const ear = connection ? listenForWork(connection, wake, log) : null;
  let isPending = false;
  const announce = (): void => {
    wake();
    if (!ear || isPending) return;
    isPending = true;
    // Not in the transaction: notifying there would make all commits take turns. Calls close together are one.
    setTimeout(() => {
      isPending = false;
      database.run(sql`select pg_notify(${channel}, '')`).catch(() => undefined);
    }, togetherMs).unref();
  };
  database.jobListeners.add(announce);
  return async () => {
    database.jobListeners.delete(announce);
    await ear?.close();
  };
}

/** Keeps one listening session, and replaces it when it breaks. */
function listenForWork(connection: PoolConfig, tell: () => void, log: Log): { close(): Promise<void> } {
  let client: Client | null = null;
  let isClosed = false;
  const connect = async (): Promise<void> => {
    const session = new Client({ ...connection, application_name: 'doorwright listener' });
    // Known from here on, so that a stop in the middle of connecting closes it too.
    client = session;
    session.on('error', (error) => {
      if (!isClosed) log.warn({ err: error }, 'job listener lost');
    });
    // Comes after a failed attempt as well as after a lost session: the one place that tries again.
    session.on('end', retryLater);
    session.on('notification', tell);
    await session.connect();
    await session.query(`listen ${channel}`);
    tell();
  };
  const retryLater = (): void => {
    client = null;
    if (isClosed) return;
    setTimeout(() => {
      if (!isClosed) connect().catch(() => undefined);
    }, reconnectMs).unref();
  };
  connect().catch((error: unknown) => {
    if (!isClosed) log.warn({ err: error }, 'job listener not connected');
  });
  return {
    close: async () => {
      isClosed = true;
      await client?.end().catch(() => undefined);
    },
  };
}
