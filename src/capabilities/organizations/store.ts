import { omitNull } from '../../lib/object.ts';
import type { List } from '../../platform/contract.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { domainsOfOrganization } from '../organization-domains/index.ts';
import type { ListOrganizations, Organization, OrganizationSettings } from './contract.ts';

interface OrganizationRow extends Omit<Organization, 'stripe_customer_id'> {
  stripe_customer_id: string | null;
}

const columns = sql`'organization' as object, id, name, ${domainsOfOrganization} as domains, metadata, external_id,
  stripe_customer_id, allow_profiles_outside_organization, created_at, updated_at`;

const toWire = (row: OrganizationRow): Organization => omitNull(row, ['stripe_customer_id']);

export async function insertOrganization(
  tx: Tx,
  row: Pick<Organization, 'id' | 'name' | 'external_id' | 'metadata' | 'allow_profiles_outside_organization'>,
): Promise<void> {
  await tx.run(sql`
    insert into organization (environment_id, id, name, external_id, metadata,
      allow_profiles_outside_organization, created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.name}, ${row.external_id}, ${JSON.stringify(row.metadata)},
      ${row.allow_profiles_outside_organization}, ${tx.now}, ${tx.now})`);
}

export async function findOrganization(reader: Reader, id: string): Promise<Organization | null> {
  const row = await reader.maybeOne<OrganizationRow>(sql`
    select ${columns} from organization where environment_id = ${reader.environmentId} and id = ${id}`);
  return row && toWire(row);
}

/** Keeps the organization from being deleted until the transaction ends; false when there is none. */
export async function holdOrganization(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.maybeOne<{ found: number }>(sql`
    select 1 as found from organization where environment_id = ${tx.environmentId} and id = ${id} for key share`);
  return row !== null;
}

export async function isOrganization(reader: Reader, id: string): Promise<boolean> {
  const { found } = await reader.one<{ found: boolean }>(sql`
    select exists (
      select from organization where environment_id = ${reader.environmentId} and id = ${id}) as found`);
  return found;
}

/**
 * For statements on rows of an organization, such as `membership`: true while there is the organization. What is
 * deleted takes such rows out of every read at once, though the last of them may wait for a job.
 */
export const isOrganizationThere = (
  environmentId: string | Sql,
  organizationId: string | Sql,
): Sql => sql`exists (
  select from organization
  where organization.environment_id = ${environmentId} and organization.id = ${organizationId})`;

export async function findOrganizationForUpdate(tx: Tx, id: string): Promise<Organization | null> {
  const row = await tx.maybeOne<OrganizationRow>(sql`
    select ${columns} from organization where environment_id = ${tx.environmentId} and id = ${id} for update`);
  return row && toWire(row);
}

export async function findOrganizationByExternalId(
  reader: Reader,
  externalId: string,
): Promise<Organization | null> {
  const row = await reader.maybeOne<OrganizationRow>(sql`
    select ${columns} from organization
    where environment_id = ${reader.environmentId} and external_id = ${externalId}`);
  return row && toWire(row);
}

/** The oldest organization of this name: seed files name organizations so. */
export function findOrganizationByName(reader: Reader, name: string): Promise<{ id: string } | null> {
  return reader.maybeOne<{ id: string }>(sql`
    select id from organization where environment_id = ${reader.environmentId} and name = ${name}
    order by id limit 1`);
}

export function listOrganizations(reader: Reader, query: ListOrganizations): Promise<List<Organization>> {
  const { environmentId } = reader;
  const read = async (page: Sql): Promise<Organization[]> => {
    const rows = await reader.many<OrganizationRow>(sql`
      select ${columns} from organization
      where environment_id = ${environmentId} ${matching(environmentId, query)} and ${page}`);
    return rows.map(toWire);
  };
  return readPage(query, read, async (id) => (await findOrganization(reader, id)) !== null);
}

function matching(environmentId: string, query: ListOrganizations): Sql {
  const byDomains = query.domains
    ? sql`and id in (select organization_id from organization_domain
        where environment_id = ${environmentId} and domain = any(${query.domains}))`
    : sql``;
  const bySearch = query.search ? sql`and name ilike ${`%${escapeLike(query.search)}%`}` : sql``;
  return sql`${byDomains} ${bySearch}`;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, String.raw`\$&`);

export async function updateOrganizationRow(
  tx: Tx,
  row: Pick<
    OrganizationRow,
    'id' | 'name' | 'external_id' | 'metadata' | 'allow_profiles_outside_organization' | 'stripe_customer_id'
  >,
): Promise<Organization> {
  const updated = await tx.one<OrganizationRow>(sql`
    update organization set name = ${row.name}, external_id = ${row.external_id},
      metadata = ${JSON.stringify(row.metadata)}, stripe_customer_id = ${row.stripe_customer_id},
      allow_profiles_outside_organization = ${row.allow_profiles_outside_organization}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${row.id}
    returning ${columns}`);
  return toWire(updated);
}

export async function deleteOrganizationRow(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from organization where environment_id = ${tx.environmentId} and id = ${id}`);
}

export function findOrganizationSettings(reader: Reader, id: string): Promise<OrganizationSettings | null> {
  return reader.maybeOne<OrganizationSettings>(sql`
    select admin_emails from organization where environment_id = ${reader.environmentId} and id = ${id}`);
}

export function updateOrganizationSettings(
  tx: Tx,
  id: string,
  settings: OrganizationSettings,
): Promise<OrganizationSettings | null> {
  return tx.maybeOne<OrganizationSettings>(sql`
    update organization set admin_emails = ${settings.admin_emails}
    where environment_id = ${tx.environmentId} and id = ${id} returning admin_emails`);
}
