import type { List } from '../../../platform/contract.ts';
import { type Sql, sql } from '../../../platform/database/sql.ts';
import { readPage } from '../../../platform/pagination.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { CorsOrigin, ListCorsOrigins } from './contract.ts';

const columns = sql`'cors_origin' as object, id, origin, created_at, updated_at`;

/** Null when the origin is listed already. */
export function insertCorsOrigin(tx: Tx, environmentId: string, origin: string): Promise<CorsOrigin | null> {
  return tx.maybeOne<CorsOrigin>(sql`
    insert into cors_origin (environment_id, id, origin, created_at, updated_at)
    values (${environmentId}, ${tx.newId('cors_origin')}, ${origin}, ${tx.now}, ${tx.now})
    on conflict (environment_id, origin) do nothing
    returning ${columns}`);
}

export function listCorsOrigins(reader: Reader, query: ListCorsOrigins): Promise<List<CorsOrigin>> {
  const read = (page: Sql) =>
    reader.many<CorsOrigin>(sql`
      select ${columns} from cors_origin where environment_id = ${reader.environmentId} and ${page}`);
  return readPage(query, read, (id) => corsOriginExists(reader, id));
}

async function corsOriginExists(reader: Reader, id: string): Promise<boolean> {
  const row = await reader.maybeOne<{ id: string }>(sql`
    select id from cors_origin where environment_id = ${reader.environmentId} and id = ${id}`);
  return row !== null;
}

export function deleteCorsOriginRow(tx: Tx, id: string): Promise<number> {
  return tx.run(sql`delete from cors_origin where environment_id = ${tx.environmentId} and id = ${id}`);
}
