import type { List } from '../../../platform/contract.ts';
import { type Sql, sql } from '../../../platform/database/sql.ts';
import { readPage } from '../../../platform/pagination.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { ListRedirectUris, RedirectPurpose, RedirectUri } from './contract.ts';

const columns = sql`'redirect_uri' as object, id, uri, is_default as default, created_at, updated_at`;

/** Makes changes to one purpose's list take turns, so that "the first becomes the default" holds under a race. */
export async function lockRedirectUris(tx: Tx, environmentId: string): Promise<void> {
  await tx.run(sql`select 1 from environment where id = ${environmentId} for update`);
}

export interface NewRedirectUri {
  environment_id: string;
  purpose: RedirectPurpose;
  uri: string;
  canBeDefault: boolean;
}

/** Null when the URI is registered already. The first that can be the default becomes it. */
export function insertRedirectUri(tx: Tx, row: NewRedirectUri): Promise<RedirectUri | null> {
  return tx.maybeOne<RedirectUri>(sql`
    insert into redirect_uri (environment_id, id, purpose, uri, is_default, created_at, updated_at)
    values (${row.environment_id}, ${tx.newId('redir')}, ${row.purpose}, ${row.uri},
      ${row.canBeDefault}::boolean and not exists (
        select 1 from redirect_uri
        where environment_id = ${row.environment_id} and purpose = ${row.purpose} and is_default),
      ${tx.now}, ${tx.now})
    on conflict (environment_id, purpose, uri) do nothing
    returning ${columns}`);
}

export function findRedirectUriRow(
  reader: Reader,
  purpose: RedirectPurpose,
  id: string,
): Promise<RedirectUri | null> {
  return reader.maybeOne<RedirectUri>(sql`
    select ${columns} from redirect_uri
    where environment_id = ${reader.environmentId} and purpose = ${purpose} and id = ${id}`);
}

export function listRedirectUris(
  reader: Reader,
  purpose: RedirectPurpose,
  query: ListRedirectUris,
): Promise<List<RedirectUri>> {
  const read = (page: Sql) =>
    reader.many<RedirectUri>(sql`
      select ${columns} from redirect_uri
      where environment_id = ${reader.environmentId} and purpose = ${purpose} and ${page}`);
  return readPage(query, read, async (id) => (await findRedirectUriRow(reader, purpose, id)) !== null);
}

export async function clearDefault(tx: Tx, purpose: RedirectPurpose): Promise<void> {
  await tx.run(sql`
    update redirect_uri set is_default = false, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and purpose = ${purpose} and is_default`);
}

export function setDefault(tx: Tx, id: string): Promise<RedirectUri> {
  return tx.one<RedirectUri>(sql`
    update redirect_uri set is_default = true, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${id}
    returning ${columns}`);
}

export async function deleteRedirectUriRow(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from redirect_uri where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** Every URI of one purpose, for matching. */
export function listRegisteredUris(
  reader: Reader,
  purpose: RedirectPurpose,
): Promise<{ uri: string; default: boolean }[]> {
  return reader.many<{ uri: string; default: boolean }>(sql`
    select uri, is_default as default from redirect_uri
    where environment_id = ${reader.environmentId} and purpose = ${purpose} order by id`);
}
