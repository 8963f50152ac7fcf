/**
 * The embedded PostgreSQL: a real server from npm, run by this process and reached through a unix socket.
 *
 * Owns: the programs in node_modules and their copies, `<data directory>/postgres*`, the postmaster process, the owner
 * lock, the role and the empty database `doorwright`.
 * Does not own: tables and migrations, the product's connections (they reconnect by themselves), backup and restore,
 * and a PostgreSQL given by DATABASE_URL.
 *
 * engine.ts finds the programs, account.ts decides who runs them, ownership.ts and cluster.ts make the files, socket.ts
 * places the socket, settings.ts tunes, postmaster.ts handles one process, orphans.ts what a killed one leaves, reach.ts
 * connects, disk.ts says when there is no room, owner-lock.ts whose it is, supervisor.ts puts these in order.
 */
import type { Logger } from 'pino';
import { type EmbeddedPostgres, start } from './supervisor.ts';

export { DataDirectoryInUseError, EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.ts';
export { findRunningPostgres } from './running.ts';
export type { EmbeddedPostgres } from './supervisor.ts';

/**
 * Makes the database if there is none, starts or adopts the server, and keeps it running until `stop`. If this process
 * is killed instead, the server stays, and the next start adopts it.
 * @param options.dataDirectory such as `<clone>/.doorwright`, made if missing; the database files go in its `postgres`
 * @param options.engineDirectory DOORWRIGHT_ENGINE_DIR: for a copy of the programs where node_modules won't do.
 *   /var/lib/doorwright for root, in the data directory for others
 * @param options.settings server settings that win over ours
 * @param options.mayVisit use the server of another Doorwright that runs on this data directory: for commands
 * @throws DataDirectoryInUseError when another Doorwright runs on this data directory
 * @throws EmbeddedPostgresError for any other reason, with a message that says what to do
 */
export async function startEmbeddedPostgres(options: {
  dataDirectory: string;
  engineDirectory?: string;
  settings?: Readonly<Record<string, string>>;
  mayVisit?: boolean;
  log: Logger;
}): Promise<EmbeddedPostgres> {
  return start(options);
}
