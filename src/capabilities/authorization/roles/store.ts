import { type Sql, sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { configurationOf, inOrder } from '../configuration/order.ts';
import { grantedOf } from '../permissions/store.ts';
import type { Role } from './contract.ts';

/** A role with whose it is, null for the environment's, and with the permissions that its events tell of. */
export type RoleRow = Role & {
  organization_id: string | null;
  /** Without those that are being deleted. */
  granted: string[];
};

const columns = sql`'role' as object, role.id, role.slug, role.name, role.description,
  case when role.organization_id is null then 'EnvironmentRole' else 'OrganizationRole' end as type,
  role.resource_type_slug, role.permissions, role.created_at, role.updated_at, role.organization_id,
  ${grantedOf(sql`role.environment_id`)} as granted`;

/** Names a role where it is asked for: by the environment, or by an organization, which sees its own too. */
export interface RoleName {
  slug: string;
  /** Null for the environment. */
  organizationId: string | null;
}

const named = ({ environmentId }: Reader, { slug, organizationId }: RoleName): Sql => {
  const isSeen =
    organizationId === null
      ? sql`role.organization_id is null`
      : sql`(role.organization_id is null or role.organization_id = ${organizationId})`;
  return sql`role.environment_id = ${environmentId} and role.slug = ${slug} and role.deleted_at is null and ${isSeen}`;
};

export function findRole(reader: Reader, name: RoleName): Promise<RoleRow | null> {
  return reader.maybeOne<RoleRow>(sql`select ${columns} from role where ${named(reader, name)}`);
}

/** Keeps others from changing the role until the transaction ends; it can still be given meanwhile. */
export function findRoleForUpdate(tx: Tx, name: RoleName): Promise<RoleRow | null> {
  return tx.maybeOne<RoleRow>(sql`
    select ${columns} from role where ${named(tx, name)} for no key update of role`);
}

/** Waits for everyone who is giving the role, and keeps others from giving it until the transaction ends. */
export function findRoleForDelete(tx: Tx, name: RoleName): Promise<RoleRow | null> {
  return tx.maybeOne<RoleRow>(sql`select ${columns} from role where ${named(tx, name)} for update of role`);
}

/** Keeps the environment's role from being deleted until the transaction ends. */
export function holdRole(tx: Tx, name: RoleName): Promise<RoleRow | null> {
  return tx.maybeOne<RoleRow>(
    sql`select ${columns} from role where ${named(tx, name)} for key share of role`,
  );
}

export function listRoles(reader: Reader): Promise<RoleRow[]> {
  return reader.many<RoleRow>(sql`
    select ${columns} from role
    where role.environment_id = ${reader.environmentId} and role.organization_id is null and role.deleted_at is null
    order by role.priority, role.created_at, role.id`);
}

/** The environment's roles and the organization's own, in the order that holds there. */
export function listRolesOfOrganization(reader: Reader, organizationId: string): Promise<RoleRow[]> {
  return reader.many<RoleRow>(sql`
    select ${columns} from role ${configurationOf(organizationId)}
    where role.environment_id = ${reader.environmentId} and role.deleted_at is null
      and (role.organization_id is null or role.organization_id = ${organizationId})
    order by ${inOrder}`);
}

export async function countRoles(reader: Reader, organizationId: string | null): Promise<number> {
  const whose = organizationId === null ? sql`is null` : sql`= ${organizationId}`;
  const { count } = await reader.one<{ count: number }>(sql`
    select count(*)::int as count from role
    where environment_id = ${reader.environmentId} and deleted_at is null and organization_id ${whose}`);
  return count;
}

/** True when the environment has the slug, or, asked for the environment, any organization. */
export async function isSlugTakenElsewhere(
  reader: Reader,
  { slug, organizationId }: RoleName,
): Promise<boolean> {
  const whose = organizationId === null ? sql`is not null` : sql`is null`;
  const { found } = await reader.one<{ found: boolean }>(sql`
    select exists (
      select from role
      where environment_id = ${reader.environmentId} and slug = ${slug} and deleted_at is null
        and organization_id ${whose}) as found`);
  return found;
}

export type NewRole = Pick<
  RoleRow,
  'id' | 'organization_id' | 'slug' | 'name' | 'description' | 'resource_type_slug'
>;

/** Adds a role at the bottom of the environment's order; an organization's own has no place in that. */
export function insertRole(tx: Tx, row: NewRole): Promise<RoleRow> {
  return tx.one<RoleRow>(sql`
    insert into role (environment_id, id, organization_id, slug, name, description, resource_type_slug, priority,
      is_default, created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.organization_id}, ${row.slug}, ${row.name}, ${row.description},
      ${row.resource_type_slug}, (
        select coalesce(max(other.priority), 0) + 1 from role as other
        where other.environment_id = ${tx.environmentId} and other.organization_id is null),
      false, ${tx.now}, ${tx.now})
    returning ${columns}`);
}

export async function insertDefaultRole(tx: Tx, environmentId: string, slug: string): Promise<void> {
  const name = slug.charAt(0).toUpperCase() + slug.slice(1);
  await tx.run(sql`
    insert into role (environment_id, id, slug, name, priority, is_default, created_at, updated_at)
    values (${environmentId}, ${tx.newId('role')}, ${slug}, ${name}, 0, true, ${tx.now}, ${tx.now})`);
}

export function updateRoleRow(
  tx: Tx,
  row: Pick<RoleRow, 'id' | 'name' | 'description' | 'permissions'>,
): Promise<RoleRow> {
  return tx.one<RoleRow>(sql`
    update role set name = ${row.name}, description = ${row.description}, permissions = ${row.permissions},
      updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${row.id}
    returning ${columns}`);
}

/** The next few roles that have the permission, whosever they are, kept from changing until the transaction ends. */
export function lockRolesWithPermission(tx: Tx, slug: string, limit: number): Promise<RoleRow[]> {
  return tx.many<RoleRow>(sql`
    select ${columns} from role
    where role.environment_id = ${tx.environmentId} and role.permissions @> array[${slug}::text]
      and role.deleted_at is null
    order by role.id limit ${limit} for no key update of role`);
}

export function removePermission(tx: Tx, slug: string, roleIds: readonly string[]): Promise<RoleRow[]> {
  return tx.many<RoleRow>(sql`
    update role set permissions = array_remove(permissions, ${slug}), updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = any(${roleIds})
    returning ${columns}`);
}

export async function deleteRoleRow(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from role where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** Takes the role out of every read; its row stays while somebody's roles name it. */
export async function markRoleDeleted(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    update role set deleted_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** Deletes what an organization had of its own, and returns its roles. */
export async function deleteRolesOf(tx: Tx, organizationId: string): Promise<RoleRow[]> {
  await tx.run(sql`
    delete from role_configuration
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId}`);
  await tx.run(sql`
    delete from group_role_mapping
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId}`);
  return tx.many<RoleRow>(sql`
    delete from role where environment_id = ${tx.environmentId} and organization_id = ${organizationId}
    returning ${columns}`);
}
