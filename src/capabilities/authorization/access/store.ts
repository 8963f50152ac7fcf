import { type Sql, sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import { isOrganizationThere } from '../../organizations/index.ts';
import type { RoleSource } from '../assignments/contract.ts';
import { configurationOf, inOrder } from '../configuration/order.ts';
import { defaultRoleIdOf } from '../configuration/store.ts';
import { grantedOf } from '../permissions/store.ts';
import type { Access } from './contract.ts';

const liveRoleOf = sql`
  join role as live on live.environment_id = assigned.environment_id and live.id = assigned.role_id
    and live.deleted_at is null`;

/**
 * The roles of a membership, as the first query of a statement within one on `membership`: those that it holds, else
 * the default one of its organization. Roles that are being deleted belong to what was before.
 */
const rolesOfMembership = (isFormer: boolean): Sql => sql`
  given as (
    select role.id, role.slug, ${grantedOf(sql`membership.environment_id`)} as granted,
      row_number() over (order by ${inOrder}) as place
    from role ${configurationOf(sql`membership.organization_id`)}
    where role.environment_id = membership.environment_id and role.id = any (coalesce(
      nullif(array(
        select assigned.role_id from membership_role as assigned
        ${isFormer ? sql`` : liveRoleOf}
        where assigned.environment_id = membership.environment_id and assigned.membership_id = membership.id), '{}'),
      array[${defaultRoleIdOf(sql`membership.environment_id`, sql`membership.organization_id`)}]))
  )`;

const accessOf = (isFormer: boolean): Sql => sql`(
  with ${rolesOfMembership(isFormer)}, granted as materialized (
    select distinct unnest(granted) as slug from given)
  select json_build_object(
    'role', (array_agg(given.slug order by place))[1],
    'roles', json_agg(given.slug order by place),
    'permissions', case when count(*) = 1 then to_json(max(granted))
      else (select coalesce(json_agg(granted.slug order by granted.slug collate "C"), '[]') from granted) end)
  from given)`;

/**
 * The `Access` of a membership, as a column of a statement on `membership`. Beside row locks, read it in a statement
 * of its own: a statement that waited for a lock still sees the roles of before.
 */
export const accessOfMembership = accessOf(false);

/** As `accessOfMembership`, with roles that are being deleted: what events tell of before. */
export const formerAccessOfMembership = accessOf(true);

const isOfOrganization = isOrganizationThere(sql`membership.environment_id`, sql`membership.organization_id`);

export async function findAccess(reader: Reader, membershipId: string): Promise<Access | null> {
  const row = await reader.maybeOne<{ access: Access }>(sql`
    select ${accessOfMembership} as access from membership
    where environment_id = ${reader.environmentId} and id = ${membershipId}`);
  return row && row.access;
}

/** A role of a membership and why it has it. */
export interface Grant {
  slug: string;
  name: string;
  type: 'EnvironmentRole' | 'OrganizationRole';
  permissions: string[];
  sources: RoleSource[];
}

export interface MembershipGrants {
  organization_id: string;
  /** By priority. */
  grants: Grant[];
}

export function findGrants(reader: Reader, membershipId: string): Promise<MembershipGrants | null> {
  return reader.maybeOne<MembershipGrants>(sql`
    select organization_id, (
      with ${rolesOfMembership(false)}
      select json_agg(json_build_object('slug', given.slug, 'name', role.name,
        'type', case when role.organization_id is null then 'EnvironmentRole' else 'OrganizationRole' end,
        'permissions', given.granted, 'sources', array(
          select source from membership_role
          where membership_role.environment_id = membership.environment_id
            and membership_role.membership_id = membership.id and membership_role.role_id = given.id
          order by source)) order by given.place)
      from given join role on role.environment_id = membership.environment_id and role.id = given.id) as grants
    from membership
    where environment_id = ${reader.environmentId} and id = ${membershipId} and ${isOfOrganization}`);
}
