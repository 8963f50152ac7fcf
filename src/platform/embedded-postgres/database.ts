/**
 * The product's own database and role in the cluster.
 */
import type { Client } from 'pg';

export const DATABASE = 'doorwright';

/**
 * What the product connects as: the owner of its database and nothing more, as with a managed PostgreSQL. A superuser
 * can run programs on the machine; a hole in a statement must not give that away.
 */
export const ROLE = 'doorwright';

/**
 * Makes role and database if they are missing.
 * @param client of the superuser, holding the owner lock: nobody else is doing this
 */
export async function ensureDatabase(client: Client, password: string): Promise<void> {
  const { rows } = await client.query<{ has_role: boolean; has_database: boolean }>(
    `select exists (select from pg_roles where rolname = $1) as has_role,
            exists (select from pg_database where datname = $2) as has_database`,
    [ROLE, DATABASE],
  );
  if (!rows[0]?.has_role) {
    // createdb: tests and restores work on databases of their own. pg_monitor: metrics and `doorwright doctor`.
    await client.query(`create role ${ROLE} login createdb password ${client.escapeLiteral(password)}`);
    await client.query(`grant pg_monitor to ${ROLE}`);
  }
  if (!rows[0]?.has_database) await client.query(`create database ${DATABASE} owner ${ROLE}`);
}
