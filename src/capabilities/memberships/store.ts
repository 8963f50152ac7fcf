import type { List } from '../../platform/contract.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { type Access, accessOfMembership, formerAccessOfMembership } from '../authorization/index.ts';
import { isOrganizationThere } from '../organizations/index.ts';
import { type User, userColumns } from '../users/index.ts';
import type { ListMemberships, Membership, MembershipRecord, MembershipStatus } from './contract.ts';

type RecordRow = Omit<MembershipRecord, 'role' | 'roles'> & { access: Access };
type MembershipRow = RecordRow & Pick<Membership, 'organization_name' | 'user'>;

const recordAt = (isFormer: boolean): Sql => sql`'organization_membership' as object, id, user_id,
  organization_id, status, ${isFormer ? formerAccessOfMembership : accessOfMembership} as access, custom_attributes, directory_managed, created_at, updated_at`;

/**
 * For events: with roles that are being deleted, until the event that tells that they went. So each tells what comes
 * after the one before it, whatever happens while a job is at work.
 */
const recordColumns = recordAt(true);

const organizationName = sql`(
  select organization.name from organization
  where organization.environment_id = membership.environment_id and organization.id = membership.organization_id)`;

const columns = sql`${recordAt(false)}, ${organizationName} as organization_name, (
  select row_to_json(person) from (
    select ${userColumns} from user_account
    where user_account.environment_id = membership.environment_id and user_account.id = membership.user_id
  ) as person) as "user"`;

const isOfOrganization = isOrganizationThere(sql`membership.environment_id`, sql`membership.organization_id`);

const toRecord = ({ access, ...row }: RecordRow): MembershipRecord => ({
  ...row,
  role: { slug: access.role },
  roles: access.roles.map((slug) => ({ slug })),
});

const toWire = ({ organization_name, user, ...row }: MembershipRow): Membership => ({
  ...toRecord(row),
  organization_name,
  user: userToWire(user),
});

/** PostgreSQL writes the times within JSON in a form of its own. */
const userToWire = (user: User): User => ({
  ...user,
  last_sign_in_at: user.last_sign_in_at && wireTime(user.last_sign_in_at),
  created_at: wireTime(user.created_at),
  updated_at: wireTime(user.updated_at),
});

const wireTime = (text: string): string => new Date(text).toISOString();

/** False when there is one already, or another transaction made one meanwhile. */
export async function insertMembership(
  tx: Tx,
  row: Pick<Membership, 'id' | 'user_id' | 'organization_id' | 'status'>,
): Promise<boolean> {
  const count = await tx.run(sql`
    insert into membership (environment_id, id, user_id, organization_id, status, directory_managed,
      custom_attributes, created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.user_id}, ${row.organization_id}, ${row.status}, false, '{}',
      ${tx.now}, ${tx.now})
    on conflict (environment_id, user_id, organization_id) do nothing`);
  return count === 1;
}

export async function findMembership(reader: Reader, id: string): Promise<Membership | null> {
  const row = await reader.maybeOne<MembershipRow>(sql`
    select ${columns} from membership
    where environment_id = ${reader.environmentId} and id = ${id} and ${isOfOrganization}`);
  return row && toWire(row);
}

/** Holds a membership, by what makes it unique, until the transaction ends; its id, or null when there is none. */
export async function lockMembershipOf(
  tx: Tx,
  owner: Pick<Membership, 'user_id' | 'organization_id'>,
): Promise<string | null> {
  const row = await tx.maybeOne<{ id: string }>(sql`
    select id from membership
    where environment_id = ${tx.environmentId} and user_id = ${owner.user_id}
      and organization_id = ${owner.organization_id}
    for update`);
  return row && row.id;
}

export function listMemberships(reader: Reader, query: ListMemberships): Promise<List<Membership>> {
  const statuses = query.statuses?.length ? query.statuses : ['active'];
  const read = async (page: Sql): Promise<Membership[]> => {
    const rows = await reader.many<MembershipRow>(sql`
      select ${columns} from membership
      where environment_id = ${reader.environmentId} and status = any(${statuses})
        ${belongingTo(query)} and ${isOfOrganization} and ${page}`);
    return rows.map(toWire);
  };
  return readPage(query, read, async (id) => (await findMembership(reader, id)) !== null);
}

function belongingTo({ user_id, organization_id }: ListMemberships): Sql {
  const byUser = user_id === undefined ? sql`` : sql`and user_id = ${user_id}`;
  const byOrganization =
    organization_id === undefined ? sql`` : sql`and organization_id = ${organization_id}`;
  return sql`${byUser} ${byOrganization}`;
}

export async function updateMembershipStatus(tx: Tx, id: string, status: MembershipStatus): Promise<void> {
  await tx.run(sql`
    update membership set status = ${status}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** The oldest memberships of a user or an organization, held until the transaction ends. */
export async function lockOldest(
  tx: Tx,
  owner: { userId: string } | { organizationId: string },
  limit: number,
): Promise<string[]> {
  const ofOwner =
    'userId' in owner ? sql`user_id = ${owner.userId}` : sql`organization_id = ${owner.organizationId}`;
  const rows = await tx.many<{ id: string }>(sql`
    select id from membership where environment_id = ${tx.environmentId} and ${ofOwner}
    order by id limit ${limit} for update`);
  return rows.map(({ id }) => id);
}

/** Deletes memberships and returns what they were, oldest first. */
export async function deleteMembershipRows(tx: Tx, ids: readonly string[]): Promise<MembershipRecord[]> {
  const rows = await tx.many<RecordRow>(sql`
    select ${recordColumns} from membership
    where environment_id = ${tx.environmentId} and id = any(${ids}) order by id`);
  await tx.run(sql`delete from membership where environment_id = ${tx.environmentId} and id = any(${ids})`);
  return rows.map(toRecord);
}

/** As `listRecords`, held until the transaction ends. */
export async function lockRecords(tx: Tx, ids: readonly string[]): Promise<MembershipRecord[]> {
  await tx.run(sql`
    select 1 from membership where environment_id = ${tx.environmentId} and id = any(${ids}) order by id for update`);
  return listRecords(tx, ids);
}

/** Memberships as their events tell of them. */
export async function listRecords(tx: Tx, ids: readonly string[]): Promise<MembershipRecord[]> {
  const rows = await tx.many<RecordRow>(sql`
    select ${recordColumns} from membership
    where environment_id = ${tx.environmentId} and id = any(${ids}) and ${isOfOrganization} order by id`);
  return rows.map(toRecord);
}

export async function touchMemberships(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    update membership set updated_at = ${tx.now} where environment_id = ${tx.environmentId} and id = any(${ids})`);
}

/** What sign-in has to know of a membership. */
export interface ActiveMembership {
  id: string;
  organization_id: string;
  organization_name: string;
}

const activeColumns = sql`membership.id, membership.organization_id, organization.name as organization_name`;

const withOrganization = sql`membership join organization
  on organization.environment_id = membership.environment_id and organization.id = membership.organization_id`;

const activeOf = (reader: Reader, userId: string): Sql => sql`
  select ${activeColumns} from ${withOrganization}
  where membership.environment_id = ${reader.environmentId} and membership.user_id = ${userId}
    and membership.status = 'active'
  order by membership.id`;

export function listActiveMemberships(reader: Reader, userId: string): Promise<ActiveMembership[]> {
  return reader.many<ActiveMembership>(activeOf(reader, userId));
}

/** The same, kept as they are until the transaction ends: whoever ends one afterwards finds the session that was begun. */
export function holdActiveMemberships(tx: Tx, userId: string): Promise<ActiveMembership[]> {
  return tx.many<ActiveMembership>(sql`${activeOf(tx, userId)} for share of membership`);
}

/** What a token has to know of a membership. */
export type MembershipAccess = Omit<ActiveMembership, 'organization_name'> & { access: Access };

/** The active membership of a user in an organization, for statements of other slices too: at most one row. */
export const activeMembershipOf = (
  environmentId: string | Sql,
  userId: string | Sql,
  organizationId: string | Sql,
): Sql => sql`
  select ${activeColumns}, ${accessOfMembership} as access from ${withOrganization}
  where membership.environment_id = ${environmentId} and membership.user_id = ${userId}
    and membership.organization_id = ${organizationId} and membership.status = 'active'`;

export function findActiveMembership(
  reader: Reader,
  userId: string,
  organizationId: string,
): Promise<(ActiveMembership & MembershipAccess) | null> {
  return reader.maybeOne<ActiveMembership & MembershipAccess>(
    activeMembershipOf(reader.environmentId, userId, organizationId),
  );
}
