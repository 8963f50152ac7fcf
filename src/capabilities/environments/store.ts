import type { List } from '../../platform/contract.ts';
import type { Db } from '../../platform/database/database.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Environment as FrameEnvironment } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Environment, ListEnvironments } from './contract.ts';

const columns = sql`'environment' as object, id, name, kind, client_id, created_at, updated_at`;

/** What the frame keeps of an environment; `filter` chooses it. */
const frameColumns = sql`id, name, kind, client_id, coalesce((
  select json_agg(origin) from cors_origin where cors_origin.environment_id = environment.id), '[]'::json) as cors_origins,
  coalesce((select json_object_agg(host.kind, host.host) from environment_host as host
    where host.environment_id = environment.id), '{}'::json) as hosts,
  id = (select min(first.id) from environment as first where first.deleted_at is null) as is_default`;

export async function insertEnvironment(
  tx: Tx,
  row: Pick<Environment, 'id' | 'name' | 'kind' | 'client_id'>,
): Promise<Environment> {
  return tx.one<Environment>(sql`
    insert into environment (id, name, kind, client_id, created_at, updated_at)
    values (${row.id}, ${row.name}, ${row.kind}, ${row.client_id}, ${tx.now}, ${tx.now})
    returning ${columns}`);
}

export function findEnvironment(db: Db, id: string): Promise<Environment | null> {
  return db.maybeOne<Environment>(sql`
    select ${columns} from environment where id = ${id} and deleted_at is null`);
}

export function findEnvironmentByClientId(db: Db, clientId: string): Promise<Environment | null> {
  return db.maybeOne<Environment>(sql`
    select ${columns} from environment where client_id = ${clientId} and deleted_at is null`);
}

export function listEnvironments(db: Db, query: ListEnvironments): Promise<List<Environment>> {
  const read = (page: Sql) =>
    db.many<Environment>(sql`select ${columns} from environment where deleted_at is null and ${page}`);
  return readPage(query, read, async (id) => (await findEnvironment(db, id)) !== null);
}

export function listAllEnvironments(db: Db): Promise<Environment[]> {
  return db.many<Environment>(sql`select ${columns} from environment where deleted_at is null order by id`);
}

export function renameEnvironment(tx: Tx, id: string, name: string): Promise<Environment | null> {
  return tx.maybeOne<Environment>(sql`
    update environment set name = ${name}, updated_at = ${tx.now} where id = ${id} and deleted_at is null
    returning ${columns}`);
}

export function markEnvironmentDeleted(tx: Tx, id: string): Promise<number> {
  return tx.run(sql`update environment set deleted_at = ${tx.now} where id = ${id} and deleted_at is null`);
}

/** Removes a deleted environment with everything that hangs on it. */
export async function eraseEnvironmentRows(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from environment where id = ${id} and deleted_at is not null`);
  await tx.run(sql`delete from event where environment_id = ${id}`);
}

export function findFrameEnvironment(db: Db, id: string): Promise<FrameEnvironment | null> {
  return db.maybeOne<FrameEnvironment>(sql`
    select ${frameColumns} from environment where id = ${id} and deleted_at is null`);
}

export function findFrameEnvironmentByClientId(db: Db, clientId: string): Promise<FrameEnvironment | null> {
  return db.maybeOne<FrameEnvironment>(sql`
    select ${frameColumns} from environment where client_id = ${clientId} and deleted_at is null`);
}

export function findFrameEnvironmentByHost(db: Db, host: string): Promise<FrameEnvironment | null> {
  return db.maybeOne<FrameEnvironment>(sql`
    select ${frameColumns} from environment
    where id = (select environment_id from environment_host where host = ${host}) and deleted_at is null`);
}

/** The environment that was made first: the default of an installation. */
export function findFirstEnvironment(db: Db): Promise<FrameEnvironment | null> {
  return db.maybeOne<FrameEnvironment>(sql`
    select ${frameColumns} from environment where deleted_at is null order by id limit 1`);
}

export async function isOriginListed(db: Db, origin: string): Promise<boolean> {
  const row = await db.maybeOne<{ found: number }>(sql`
    select 1 as found from cors_origin where origin = ${origin} limit 1`);
  return row !== null;
}
