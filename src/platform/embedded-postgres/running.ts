import type { PoolConfig } from 'pg';
import { findLayout, readPassword } from './cluster.ts';
import { DATABASE, ROLE } from './database.ts';
import { identify, readPidFile } from './postmaster.ts';
import { PORT } from './socket.ts';

/**
 * How to reach the embedded PostgreSQL of a data directory, if it runs. Starts, makes and changes nothing.
 * @returns null when none runs
 * @throws EmbeddedPostgresError `password_missing` when its password cannot be read
 */
export async function findRunningPostgres(dataDirectory: string): Promise<PoolConfig | null> {
  const layout = await findLayout(dataDirectory);
  const pidFile = await readPidFile(layout.cluster);
  if (!pidFile?.socketDirectory) return null;
  const found = await identify(layout.cluster, pidFile.pid);
  if (found === 'nobody' || found === 'stranger') return null;
  return {
    host: pidFile.socketDirectory,
    port: PORT,
    user: ROLE,
    password: await readPassword(layout),
    database: DATABASE,
  };
}
