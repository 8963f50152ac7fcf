/**
 * The owner of an embedded database is whoever holds one session advisory lock on a direct connection. PostgreSQL
 * releases it when the connection ends, so the owner's death needs no clean-up, and the end of the connection is also
 * how the owner learns of the server's.
 */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { SUPERUSER } from './cluster.ts';
import { DataDirectoryInUseError } from './errors.ts';
import { PORT } from './socket.ts';

/** Two numbers nobody else uses: the letters "Door" and "own!" read as 32-bit integers. */
const LOCK = [0x446f6f72, 0x6f776e21] as const;

/** A killed owner's connection is noticed within milliseconds, but not at once. */
const PATIENCE_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects as the superuser, for whom PostgreSQL keeps connections in reserve, to the maintenance database, which can
 * stay open while the product's database is copied or restored.
 * @throws what `pg` throws
 */
export async function connectAsOwner(socketDirectory: string, password: string): Promise<Client> {
  const client = new Client({
    host: socketDirectory,
    port: PORT,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: `Doorwright, process ${process.pid} on ${hostname()}`.slice(0, 63),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A connection that ends is reported by 'end'; without a listener the 'error' before it would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/**
 * Takes the owner lock, for as long as the connection lives.
 * @param dataDirectory for the message
 * @param patienceMs how long a lock that is taken is waited for
 * @throws DataDirectoryInUseError when another Doorwright holds it
 */
export async function takeOwnerLock(
  client: Client,
  dataDirectory: string,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      ...LOCK,
    ]);
    if (rows[0]?.taken) return;
    if (performance.now() > deadline)
      throw new DataDirectoryInUseError(dataDirectory, await findHolder(client));
    await delay(20);
  }
}

async function findHolder(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ application_name: string }>(
    `select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted`,
    [...LOCK],
  );
  return rows[0]?.application_name;
}
