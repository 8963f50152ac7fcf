import { type Sql, sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';

/** Whoever changes which roles there are, their order or a default takes turns; nobody else waits. */
export async function lockConfiguration(tx: Tx): Promise<void> {
  await tx.run(sql`select 1 from environment where id = ${tx.environmentId} for no key update`);
}

/** The id of the default role of an organization, in a statement that knows its id and its environment's. */
export const defaultRoleIdOf = (
  environmentId: string | Sql,
  organizationId: string | Sql,
): Sql => sql`coalesce(
  (select own.default_role_id from role_configuration as own
    where own.environment_id = ${environmentId} and own.organization_id = ${organizationId}),
  (select shared.id from role as shared where shared.environment_id = ${environmentId} and shared.is_default))`;

/** The slug of the environment's default role. */
export async function findDefaultSlug(reader: Reader): Promise<string> {
  const { slug } = await reader.one<{ slug: string }>(sql`
    select slug from role where environment_id = ${reader.environmentId} and is_default`);
  return slug;
}

/** An organization's own default role; null while it follows the environment. */
export function findOwnDefault(
  reader: Reader,
  organizationId: string,
): Promise<{ id: string; slug: string } | null> {
  return reader.maybeOne<{ id: string; slug: string }>(sql`
    select role.id, role.slug from role_configuration as own
    join role on role.environment_id = own.environment_id and role.id = own.default_role_id
    where own.environment_id = ${reader.environmentId} and own.organization_id = ${organizationId}`);
}

/** Gives the organization the environment's default and order of this moment, as its own. */
export async function forkConfiguration(tx: Tx, organizationId: string): Promise<void> {
  await tx.run(sql`
    insert into role_configuration (environment_id, organization_id, default_role_id, role_order, created_at, updated_at)
    select ${tx.environmentId}, ${organizationId}, min(role.id) filter (where role.is_default),
      array_agg(role.id order by role.priority, role.created_at, role.id), ${tx.now}, ${tx.now}
    from role
    where role.environment_id = ${tx.environmentId} and role.organization_id is null and role.deleted_at is null
    on conflict do nothing`);
}

export async function dropConfiguration(tx: Tx, organizationId: string): Promise<void> {
  await tx.run(sql`
    delete from role_configuration
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId}`);
}

/** How many organizations have the role as their own default. */
export async function countOwnDefaults(reader: Reader, roleId: string): Promise<number> {
  const { count } = await reader.one<{ count: number }>(sql`
    select count(*)::int as count from role_configuration
    where environment_id = ${reader.environmentId} and default_role_id = ${roleId}`);
  return count;
}

/** Puts another role in the place of one that is the default of organizations. */
export async function replaceOwnDefaults(tx: Tx, roleId: string, replacementId: string): Promise<void> {
  await tx.run(sql`
    update role_configuration set default_role_id = ${replacementId}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and default_role_id = ${roleId}`);
}

/** A default is no part of a role that anybody is shown: `updated_at` stays. */
export async function setDefaultRole(tx: Tx, roleId: string): Promise<void> {
  await tx.run(sql`
    update role set is_default = false
    where environment_id = ${tx.environmentId} and is_default and id <> ${roleId}`);
  await tx.run(sql`
    update role set is_default = true
    where environment_id = ${tx.environmentId} and id = ${roleId} and not is_default`);
}

/** Numbers the environment's roles in the order of the list. */
export async function setOrder(tx: Tx, roleIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    update role set priority = wanted.place
    from unnest(${roleIds}::text[]) with ordinality as wanted (id, place)
    where role.environment_id = ${tx.environmentId} and role.id = wanted.id and role.priority <> wanted.place`);
}

export async function setOwnDefaultRole(tx: Tx, organizationId: string, roleId: string): Promise<void> {
  await tx.run(sql`
    update role_configuration set default_role_id = ${roleId}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId}`);
}

export async function setOwnOrder(tx: Tx, organizationId: string, roleIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    update role_configuration set role_order = ${roleIds}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId}`);
}
