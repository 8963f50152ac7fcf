import type { List } from '../../../platform/contract.ts';
import type { Db } from '../../../platform/database/database.ts';
import { type Sql, sql } from '../../../platform/database/sql.ts';
import { readPage } from '../../../platform/pagination.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { EnvironmentApiKey, ListEnvironmentApiKeys } from './contract.ts';

const columns = sql`'environment_api_key' as object, id, name, obfuscated_value, expires_at, last_used_at,
  created_at, updated_at`;

export interface NewKeyRow {
  environment_id: string;
  id: string;
  name: string;
  hash: Buffer;
  obfuscated_value: string;
  expires_at: string | null;
}

/** Null when the very same key exists already. */
export function insertKey(tx: Tx, row: NewKeyRow): Promise<EnvironmentApiKey | null> {
  return tx.maybeOne<EnvironmentApiKey>(sql`
    insert into environment_api_key (environment_id, id, name, hash, obfuscated_value, expires_at, created_at, updated_at)
    values (${row.environment_id}, ${row.id}, ${row.name}, ${row.hash}, ${row.obfuscated_value},
      ${row.expires_at}, ${tx.now}, ${tx.now})
    on conflict (hash) do nothing
    returning ${columns}`);
}

export interface KeyHolder {
  id: string;
  name: string;
  environment_id: string;
  last_used_at: string | null;
}

/** The key of a hash, if it may be used at `now`. */
export function findKeyByHash(db: Db, hash: Buffer, now: Date): Promise<KeyHolder | null> {
  return db.maybeOne<KeyHolder>(sql`
    select id, name, environment_id, last_used_at from environment_api_key
    where hash = ${hash} and (expires_at is null or expires_at > ${now})`);
}

export async function touchKey(db: Db, holder: KeyHolder, now: Date): Promise<void> {
  await db.run(sql`
    update environment_api_key set last_used_at = ${now}
    where environment_id = ${holder.environment_id} and id = ${holder.id}`);
}

export function listKeys(reader: Reader, query: ListEnvironmentApiKeys): Promise<List<EnvironmentApiKey>> {
  const read = (page: Sql) =>
    reader.many<EnvironmentApiKey>(sql`
      select ${columns} from environment_api_key where environment_id = ${reader.environmentId} and ${page}`);
  return readPage(query, read, (id) => keyExists(reader, id));
}

async function keyExists(reader: Reader, id: string): Promise<boolean> {
  const row = await reader.maybeOne<{ id: string }>(sql`
    select id from environment_api_key where environment_id = ${reader.environmentId} and id = ${id}`);
  return row !== null;
}

export function deleteKey(tx: Tx, id: string): Promise<number> {
  return tx.run(
    sql`delete from environment_api_key where environment_id = ${tx.environmentId} and id = ${id}`,
  );
}

export async function insertInstallKey(
  tx: Tx,
  row: { id: string; name: string; hash: Buffer; obfuscated_value: string },
): Promise<void> {
  await tx.run(sql`
    insert into install_key (id, name, hash, obfuscated_value, created_at)
    values (${row.id}, ${row.name}, ${row.hash}, ${row.obfuscated_value}, ${tx.now})`);
}

export function findInstallKeyByHash(db: Db, hash: Buffer): Promise<{ id: string; name: string } | null> {
  return db.maybeOne<{ id: string; name: string }>(
    sql`select id, name from install_key where hash = ${hash}`,
  );
}
