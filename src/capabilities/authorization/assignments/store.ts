import { type Sql, sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { configurationOf, inOrder } from '../configuration/order.ts';
import { defaultRoleIdOf } from '../configuration/store.ts';
import type {
  ChosenRoles,
  GivenRole,
  GroupMapping,
  GroupProvider,
  ProviderGroups,
  RoleSource,
} from './contract.ts';

/** Roles that the organization can give, by priority, kept from being deleted until the transaction ends. */
export function holdRoles(
  tx: Tx,
  { slugs, organizationId }: { slugs: readonly string[]; organizationId: string },
): Promise<GivenRole[]> {
  return tx.many<GivenRole>(sql`
    select role.id, role.slug from role ${configurationOf(organizationId)}
    where role.environment_id = ${tx.environmentId} and role.slug = any(${slugs}) and role.deleted_at is null
      and (role.organization_id is null or role.organization_id = ${organizationId})
    order by ${inOrder} for key share of role`);
}

/**
 * The organization's default role, kept from being deleted until the transaction ends. Null when it was replaced and
 * deleted while the statement waited.
 */
export function holdDefaultRole(tx: Tx, organizationId: string): Promise<GivenRole | null> {
  return tx.maybeOne<GivenRole>(sql`
    select role.id, role.slug from role
    where role.environment_id = ${tx.environmentId} and role.deleted_at is null
      and role.id = ${defaultRoleIdOf(tx.environmentId, organizationId)}
    for key share of role`);
}

const isMapped = (
  { environmentId }: Reader,
  organizationId: string,
  { source, providerId, groupIds }: ProviderGroups,
): Sql => sql`role.environment_id = ${environmentId} and role.deleted_at is null and role.id in (
  select role_id from group_role_mapping as mapping
  where mapping.environment_id = ${environmentId} and mapping.organization_id = ${organizationId}
    and mapping.source = ${source} and mapping.provider_id = ${providerId} and mapping.group_id = any(${groupIds}))`;

/** The roles that the groups are mapped to, by priority in their organization, kept as above. */
export function holdMappedRoles(
  tx: Tx,
  organizationId: string,
  groups: ProviderGroups,
): Promise<GivenRole[]> {
  return tx.many<GivenRole>(sql`
    select role.id, role.slug from role ${configurationOf(organizationId)}
    where ${isMapped(tx, organizationId, groups)} order by ${inOrder} for key share of role`);
}

/** The same for reading. */
export function listMappedRoles(
  reader: Reader,
  organizationId: string,
  groups: ProviderGroups,
): Promise<GivenRole[]> {
  return reader.many<GivenRole>(sql`
    select role.id, role.slug from role ${configurationOf(organizationId)}
    where ${isMapped(reader, organizationId, groups)} order by ${inOrder}`);
}

export function findDefaultRole(reader: Reader, organizationId: string): Promise<GivenRole> {
  return reader.one<GivenRole>(sql`
    select id, slug from role
    where environment_id = ${reader.environmentId} and id = ${defaultRoleIdOf(reader.environmentId, organizationId)}`);
}

/** Waits for a change of the environment's settings, and keeps others from making one until the transaction ends. */
export async function holdSettings(tx: Tx): Promise<void> {
  await tx.run(sql`select 1 from environment where id = ${tx.environmentId} for key share`);
}

/** Role and source of everything that a membership holds. */
export function listAssignments(
  reader: Reader,
  membershipId: string,
): Promise<{ role_id: string; source: RoleSource }[]> {
  return reader.many<{ role_id: string; source: RoleSource }>(sql`
    select role_id, source from membership_role
    where environment_id = ${reader.environmentId} and membership_id = ${membershipId} order by role_id`);
}

export async function replaceAssignments(
  tx: Tx,
  membershipId: string,
  { roles, source }: ChosenRoles,
): Promise<void> {
  await tx.run(sql`
    delete from membership_role where environment_id = ${tx.environmentId} and membership_id = ${membershipId}`);
  await tx.run(sql`
    insert into membership_role (environment_id, membership_id, role_id, source, created_at)
    select ${tx.environmentId}, ${membershipId}, given.id, ${source}, ${tx.now}
    from unnest(${roles.map(({ id }) => id)}::text[]) as given (id)`);
}

export async function isRoleHeld(reader: Reader, roleId: string): Promise<boolean> {
  const { found } = await reader.one<{ found: boolean }>(sql`
    select exists (
      select from membership_role where environment_id = ${reader.environmentId} and role_id = ${roleId}) as found`);
  return found;
}

export async function isRoleMapped(reader: Reader, roleId: string): Promise<boolean> {
  const { found } = await reader.one<{ found: boolean }>(sql`
    select exists (
      select from group_role_mapping where environment_id = ${reader.environmentId} and role_id = ${roleId}) as found`);
  return found;
}

/** The next few memberships that hold the role. */
export async function listHolders(reader: Reader, roleId: string, limit: number): Promise<string[]> {
  const rows = await reader.many<{ id: string }>(sql`
    select distinct membership_id as id from membership_role
    where environment_id = ${reader.environmentId} and role_id = ${roleId} order by 1 limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** The next memberships after `after`, and whether they hold several roles. */
export function listMembershipsWithRoles(
  reader: Reader,
  after: string,
  limit: number,
): Promise<{ id: string; has_several: boolean }[]> {
  return reader.many<{ id: string; has_several: boolean }>(sql`
    select membership_id as id, count(distinct role_id) > 1 as has_several from membership_role
    where environment_id = ${reader.environmentId} and membership_id > ${after}
    group by membership_id order by membership_id limit ${limit}`);
}

export async function removeRole(tx: Tx, roleId: string, membershipIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    delete from membership_role
    where environment_id = ${tx.environmentId} and membership_id = any(${membershipIds}) and role_id = ${roleId}`);
}

/** Of these memberships, those without any role, each with the default one of its organization. */
export function listWithoutRole(
  reader: Reader,
  membershipIds: readonly string[],
): Promise<{ id: string; role_id: string }[]> {
  return reader.many<{ id: string; role_id: string }>(sql`
    select membership.id, ${defaultRoleIdOf(reader.environmentId, sql`membership.organization_id`)} as role_id
    from membership
    where membership.environment_id = ${reader.environmentId} and membership.id = any(${membershipIds})
      and not exists (
        select from membership_role as held
        where held.environment_id = membership.environment_id and held.membership_id = membership.id)`);
}

/** Keeps roles from being deleted until the transaction ends; those that there are. */
export async function holdRolesById(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from role where environment_id = ${tx.environmentId} and id = any(${ids}) and deleted_at is null
    order by id for key share`);
  return new Set(rows.map(({ id }) => id));
}

export async function insertDefaults(
  tx: Tx,
  given: readonly { id: string; role_id: string }[],
): Promise<void> {
  await tx.run(sql`
    insert into membership_role (environment_id, membership_id, role_id, source, created_at)
    select ${tx.environmentId}, given.membership_id, given.role_id, 'default', ${tx.now}
    from unnest(${given.map(({ id }) => id)}::text[], ${given.map(({ role_id }) => role_id)}::text[])
      as given (membership_id, role_id)`);
}

/** Leaves each of these memberships the role of highest priority. */
export async function keepFirstRole(tx: Tx, membershipIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    delete from membership_role using membership
    where membership.environment_id = ${tx.environmentId} and membership.id = any(${membershipIds})
      and membership_role.environment_id = membership.environment_id
      and membership_role.membership_id = membership.id
      and membership_role.role_id <> (
        select role.id from membership_role as held
        join role on role.environment_id = held.environment_id and role.id = held.role_id
        ${configurationOf(sql`membership.organization_id`)}
        where held.environment_id = membership.environment_id and held.membership_id = membership.id
          and role.deleted_at is null
        order by ${inOrder} limit 1)`);
}

export function listMappings(
  reader: Reader,
  organizationId: string,
  { source, providerId }: GroupProvider,
): Promise<GroupMapping[]> {
  return reader.many<GroupMapping>(sql`
    select mapping.group_id as "groupId", role.slug as "roleSlug"
    from group_role_mapping as mapping
    join role on role.environment_id = mapping.environment_id and role.id = mapping.role_id
    where mapping.environment_id = ${reader.environmentId} and mapping.organization_id = ${organizationId}
      and mapping.source = ${source} and mapping.provider_id = ${providerId}
    order by mapping.group_id, role.slug`);
}

export async function replaceMappings(
  tx: Tx,
  organizationId: string,
  { source, providerId }: GroupProvider,
  mappings: readonly { groupId: string; roleId: string }[],
): Promise<void> {
  await tx.run(sql`
    delete from group_role_mapping
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId} and source = ${source}
      and provider_id = ${providerId}`);
  await tx.run(sql`
    insert into group_role_mapping (environment_id, organization_id, source, provider_id, group_id, role_id, created_at)
    select ${tx.environmentId}, ${organizationId}, ${source}, ${providerId}, given.group_id, given.role_id, ${tx.now}
    from unnest(${mappings.map(({ groupId }) => groupId)}::text[], ${mappings.map(({ roleId }) => roleId)}::text[])
      as given (group_id, role_id)
    on conflict do nothing`);
}

export async function deleteMappingsOfRole(tx: Tx, roleId: string): Promise<void> {
  await tx.run(sql`
    delete from group_role_mapping where environment_id = ${tx.environmentId} and role_id = ${roleId}`);
}
