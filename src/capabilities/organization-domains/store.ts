import { omitNull } from '../../lib/object.ts';
import { sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { OrganizationDomain } from './contract.ts';

interface OrganizationDomainRow extends Omit<
  OrganizationDomain,
  'verification_prefix' | 'verification_token'
> {
  verification_prefix: string | null;
  verification_token: string | null;
}

const columns = sql`'organization_domain' as object, id, organization_id, domain, state, verification_strategy,
  verification_prefix, verification_token, created_at, updated_at`;

/** The wire objects of an organization's domains, as a column of a statement on `organization`. */
export const domainsOfOrganization = sql`coalesce((
  select json_agg(json_strip_nulls(json_build_object(
    'object', 'organization_domain', 'id', d.id, 'organization_id', d.organization_id, 'domain', d.domain,
    'state', d.state, 'verification_strategy', d.verification_strategy,
    'verification_prefix', d.verification_prefix, 'verification_token', d.verification_token,
    'created_at', to_char(d.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'updated_at', to_char(d.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) order by d.id)
  from organization_domain d
  where d.environment_id = organization.environment_id and d.organization_id = organization.id), '[]'::json)`;

const toWire = (row: OrganizationDomainRow): OrganizationDomain =>
  omitNull(row, ['verification_prefix', 'verification_token']);

export async function insertDomain(tx: Tx, row: OrganizationDomainRow): Promise<OrganizationDomain> {
  const inserted = await tx.one<OrganizationDomainRow>(sql`
    insert into organization_domain (environment_id, id, organization_id, domain, state, verification_strategy,
      verification_prefix, verification_token, created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.organization_id}, ${row.domain}, ${row.state},
      ${row.verification_strategy}, ${row.verification_prefix}, ${row.verification_token},
      ${row.created_at}, ${row.updated_at})
    returning ${columns}`);
  return toWire(inserted);
}

export async function findDomain(reader: Reader, id: string): Promise<OrganizationDomain | null> {
  const row = await reader.maybeOne<OrganizationDomainRow>(sql`
    select ${columns} from organization_domain where environment_id = ${reader.environmentId} and id = ${id}`);
  return row && toWire(row);
}

export async function findDomainForUpdate(tx: Tx, id: string): Promise<OrganizationDomain | null> {
  const row = await tx.maybeOne<OrganizationDomainRow>(sql`
    select ${columns} from organization_domain where environment_id = ${tx.environmentId} and id = ${id}
    for update`);
  return row && toWire(row);
}

export async function listDomainsForUpdate(tx: Tx, organizationId: string): Promise<OrganizationDomain[]> {
  const rows = await tx.many<OrganizationDomainRow>(sql`
    select ${columns} from organization_domain
    where environment_id = ${tx.environmentId} and organization_id = ${organizationId}
    order by id for update`);
  return rows.map(toWire);
}

export async function updateDomain(
  tx: Tx,
  domain: Pick<OrganizationDomain, 'id' | 'state' | 'verification_strategy'> & {
    verification_prefix: string | null;
    verification_token: string | null;
  },
): Promise<OrganizationDomain> {
  const row = await tx.one<OrganizationDomainRow>(sql`
    update organization_domain set state = ${domain.state}, verification_strategy = ${domain.verification_strategy},
      verification_prefix = ${domain.verification_prefix}, verification_token = ${domain.verification_token},
      updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${domain.id}
    returning ${columns}`);
  return toWire(row);
}

export async function deleteDomain(tx: Tx, id: string): Promise<void> {
  await tx.run(
    sql`delete from organization_domain where environment_id = ${tx.environmentId} and id = ${id}`,
  );
}
