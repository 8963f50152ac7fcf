import type { List } from '../../../platform/contract.ts';
import { type Sql, sql } from '../../../platform/database/sql.ts';
import { readPage } from '../../../platform/pagination.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { ListPermissions, Permission } from './contract.ts';

const columns = sql`'permission' as object, id, slug, name, description, is_system as system, resource_type_slug,
  created_at, updated_at`;

/**
 * What a role grants, in a statement on `role`. Permissions that are being deleted it holds until a job has told that they
 * went, and grants no more.
 */
export const grantedOf = (environmentId: string | Sql): Sql => sql`case
  when exists (select from permission where environment_id = ${environmentId} and deleted_at is not null) then array(
    select held.slug from unnest(role.permissions) with ordinality as held (slug, place)
    where held.slug <> all (array(
      select permission.slug from permission
      where permission.environment_id = ${environmentId} and permission.deleted_at is not null))
    order by held.place)
  else role.permissions end`;

export function insertPermission(
  tx: Tx,
  row: Pick<Permission, 'id' | 'slug' | 'name' | 'description' | 'resource_type_slug'>,
): Promise<Permission> {
  return tx.one<Permission>(sql`
    insert into permission (environment_id, id, slug, name, description, is_system, resource_type_slug,
      created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.slug}, ${row.name}, ${row.description}, false,
      ${row.resource_type_slug}, ${tx.now}, ${tx.now})
    returning ${columns}`);
}

export async function insertSystemPermissions(
  tx: Tx,
  environmentId: string,
  made: readonly { slug: string; name: string }[],
): Promise<void> {
  await tx.run(sql`
    insert into permission (environment_id, id, slug, name, is_system, resource_type_slug, created_at, updated_at)
    select ${environmentId}, given.id, given.slug, given.name, true, 'organization', ${tx.now}, ${tx.now}
    from unnest(${made.map(() => tx.newId('perm'))}::text[], ${made.map(({ slug }) => slug)}::text[],
      ${made.map(({ name }) => name)}::text[]) as given (id, slug, name)`);
}

export async function countPermissions(reader: Reader): Promise<number> {
  const { count } = await reader.one<{ count: number }>(sql`
    select count(*)::int as count from permission where environment_id = ${reader.environmentId}`);
  return count;
}

export function findPermission(reader: Reader, slug: string): Promise<Permission | null> {
  return reader.maybeOne<Permission>(sql`
    select ${columns} from permission
    where environment_id = ${reader.environmentId} and slug = ${slug} and deleted_at is null`);
}

export function findPermissionForUpdate(tx: Tx, slug: string): Promise<Permission | null> {
  return tx.maybeOne<Permission>(sql`
    select ${columns} from permission
    where environment_id = ${tx.environmentId} and slug = ${slug} and deleted_at is null for update`);
}

/** Those of the slugs that there are, kept from being deleted until the transaction ends. */
export async function holdPermissions(tx: Tx, slugs: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ slug: string }>(sql`
    select slug from permission
    where environment_id = ${tx.environmentId} and slug = any(${slugs}) and deleted_at is null
    order by id for key share`);
  return new Set(rows.map(({ slug }) => slug));
}

export function listPermissions(reader: Reader, query: ListPermissions): Promise<List<Permission>> {
  const read = (page: Sql) =>
    reader.many<Permission>(sql`
      select ${columns} from permission
      where environment_id = ${reader.environmentId} and deleted_at is null and ${page}`);
  return readPage(query, read, (id) => isPermission(reader, id));
}

async function isPermission(reader: Reader, id: string): Promise<boolean> {
  const row = await reader.maybeOne<{ id: string }>(sql`
    select id from permission where environment_id = ${reader.environmentId} and id = ${id}`);
  return row !== null;
}

export function updatePermissionRow(
  tx: Tx,
  row: Pick<Permission, 'id' | 'name' | 'description'>,
): Promise<Permission> {
  return tx.one<Permission>(sql`
    update permission set name = ${row.name}, description = ${row.description}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${row.id}
    returning ${columns}`);
}

export async function deletePermissionRow(tx: Tx, slug: string): Promise<void> {
  await tx.run(sql`delete from permission where environment_id = ${tx.environmentId} and slug = ${slug}`);
}

/** Takes it out of every read; its slug stays taken until the row goes. */
export async function markPermissionDeleted(tx: Tx, slug: string): Promise<void> {
  await tx.run(sql`
    update permission set deleted_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and slug = ${slug}`);
}
