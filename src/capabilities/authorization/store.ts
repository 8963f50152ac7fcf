import { type Sql, sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Access } from './contract.ts';

export interface Role {
  id: string;
  slug: string;
}

/**
 * The `Access` of a membership, as a column of a statement on `membership`. Beside row locks, read it in a statement
 * of its own: a statement that waited for a lock still sees the roles of before.
 */
export const accessOfMembership = sql`(
  select json_build_object('role', held.slugs[1], 'roles', held.slugs, 'permissions', '[]'::json)
  from (select coalesce(
    (select array_agg(role.slug order by role.priority, role.id) from role
      where role.environment_id = membership.environment_id and role.id in (
        select membership_role.role_id from membership_role
        where membership_role.environment_id = membership.environment_id
          and membership_role.membership_id = membership.id)),
    array(select role.slug from role
      where role.environment_id = membership.environment_id and role.is_default
        and (role.organization_id is null or role.organization_id = membership.organization_id)
      order by role.organization_id nulls last limit 1)) as slugs) as held)`;

export async function findAccess(reader: Reader, membershipId: string): Promise<Access | null> {
  const row = await reader.maybeOne<{ access: Access }>(sql`
    select ${accessOfMembership} as access from membership
    where environment_id = ${reader.environmentId} and id = ${membershipId}`);
  return row && row.access;
}

/** The roles that an organization can give: the environment's and its own. */
const ofOrganization = (organizationId: string): Sql =>
  sql`(organization_id is null or organization_id = ${organizationId})`;

export function findRoles(
  reader: Reader,
  { slugs, organizationId }: { slugs: readonly string[]; organizationId: string },
): Promise<Role[]> {
  return reader.many<Role>(sql`
    select id, slug from role
    where environment_id = ${reader.environmentId} and slug = any(${slugs}) and ${ofOrganization(organizationId)}
    order by priority, id`);
}

export function findDefaultRole(reader: Reader, organizationId: string): Promise<Role> {
  return reader.one<Role>(sql`
    select id, slug from role
    where environment_id = ${reader.environmentId} and is_default and ${ofOrganization(organizationId)}
    order by organization_id nulls last limit 1`);
}

export async function insertDefaultRole(tx: Tx, environmentId: string, slug: string): Promise<void> {
  const name = slug.charAt(0).toUpperCase() + slug.slice(1);
  await tx.run(sql`
    insert into role (environment_id, id, slug, name, priority, is_default, created_at, updated_at)
    values (${environmentId}, ${tx.newId('role')}, ${slug}, ${name}, 0, true, ${tx.now}, ${tx.now})`);
}

export async function replaceMembershipRoles(
  tx: Tx,
  membershipId: string,
  roleIds: readonly string[],
): Promise<void> {
  await tx.run(sql`
    delete from membership_role where environment_id = ${tx.environmentId} and membership_id = ${membershipId}`);
  await tx.run(sql`
    insert into membership_role (environment_id, membership_id, role_id, source, created_at)
    select ${tx.environmentId}, ${membershipId}, given.id, 'direct', ${tx.now}
    from unnest(${roleIds}::text[]) as given (id)`);
}

export async function deleteRolesOfOrganization(tx: Tx, organizationId: string): Promise<void> {
  await tx.run(sql`
    delete from role where environment_id = ${tx.environmentId} and organization_id = ${organizationId}`);
}
