import { changedFrom } from '../../lib/object.ts';
import type { List } from '../../platform/contract.ts';
import { violatedConstraint } from '../../platform/database/database.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import { beforeDeleted } from '../../platform/lifecycle.ts';
import { applyMetadata } from '../../platform/metadata.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { type DomainData, emitDomainEvents, replaceDomains } from '../organization-domains/index.ts';
import type {
  CreateOrganization,
  ListOrganizations,
  Organization,
  OrganizationSettings,
  UpdateOrganization,
} from './contract.ts';
import { OrganizationCreated, OrganizationDeleted, OrganizationUpdated } from './events.ts';
import * as store from './store.ts';

const organizationNotFound = (id: string) => notFound('Organization', id);

export async function getOrganization(reader: Reader, id: string): Promise<Organization> {
  const organization = await store.findOrganization(reader, id);
  if (!organization) throw organizationNotFound(id);
  return organization;
}

export async function getOrganizationByExternalId(reader: Reader, externalId: string): Promise<Organization> {
  const organization = await store.findOrganizationByExternalId(reader, externalId);
  if (!organization) throw organizationNotFound(externalId);
  return organization;
}

export function listOrganizations(reader: Reader, query: ListOrganizations): Promise<List<Organization>> {
  return store.listOrganizations(reader, query);
}

export async function createOrganization(tx: Tx, input: CreateOrganization): Promise<Organization> {
  const id = tx.newId('org');
  await namingConflicts(() =>
    store.insertOrganization(tx, {
      id,
      name: input.name,
      external_id: input.external_id ?? null,
      metadata: applyMetadata({}, input.metadata),
      allow_profiles_outside_organization: input.allow_profiles_outside_organization ?? false,
    }),
  );
  const domainEvents = await replaceDomains(tx, id, domainData(input) ?? []);
  const organization = await getOrganization(tx, id);
  emit(tx, OrganizationCreated, organization, { organizationId: id });
  emitDomainEvents(tx, domainEvents);
  return organization;
}

/** Changes what is given and leaves the rest; `domain_data` replaces the list of domains. */
export async function updateOrganization(
  tx: Tx,
  id: string,
  input: UpdateOrganization,
): Promise<Organization> {
  const current = await store.findOrganizationForUpdate(tx, id);
  if (!current) throw organizationNotFound(id);
  const domains = domainData(input);
  const domainEvents = domains ? await replaceDomains(tx, id, domains) : [];
  const wanted = merge(current, input);
  const isSame = Object.keys(changedFrom(wanted, { ...current, ...merge(current, {}) })).length === 0;
  if (domainEvents.length === 0 && isSame) return current;
  const updated = await namingConflicts(() => store.updateOrganizationRow(tx, wanted));
  const { updated_at: _, ...previousAttributes } = changedFrom(current, updated);
  emit(tx, OrganizationUpdated, updated, { organizationId: id, previousAttributes });
  emitDomainEvents(tx, domainEvents);
  return updated;
}

/** Deletes the organization and what belongs to it. */
export async function deleteOrganization(tx: Tx, id: string): Promise<void> {
  const organization = await store.findOrganizationForUpdate(tx, id);
  if (!organization) throw organizationNotFound(id);
  emitDomainEvents(tx, await replaceDomains(tx, id, []));
  await beforeDeleted(tx, 'organization', id);
  await store.deleteOrganizationRow(tx, id);
  emit(tx, OrganizationDeleted, organization, { organizationId: id });
}

export async function getOrganizationSettings(reader: Reader, id: string): Promise<OrganizationSettings> {
  const settings = await store.findOrganizationSettings(reader, id);
  if (!settings) throw organizationNotFound(id);
  return settings;
}

export async function updateOrganizationSettings(
  tx: Tx,
  id: string,
  input: OrganizationSettings,
): Promise<OrganizationSettings> {
  const settings = await store.updateOrganizationSettings(tx, id, input);
  if (!settings) throw organizationNotFound(id);
  return settings;
}

function merge(current: Organization, input: UpdateOrganization) {
  return {
    id: current.id,
    name: input.name ?? current.name,
    external_id: input.external_id === undefined ? current.external_id : input.external_id,
    metadata: applyMetadata(current.metadata, input.metadata),
    allow_profiles_outside_organization:
      input.allow_profiles_outside_organization ?? current.allow_profiles_outside_organization,
    stripe_customer_id:
      input.stripe_customer_id === undefined
        ? (current.stripe_customer_id ?? null)
        : input.stripe_customer_id,
  };
}

function domainData(input: Pick<CreateOrganization, 'domains' | 'domain_data'>): DomainData[] | undefined {
  return input.domain_data ?? input.domains?.map((domain) => ({ domain, state: 'pending' }));
}

const conflictCodes = new Map([
  ['organization_external_id_key', 'external_id_already_used'],
  ['organization_stripe_customer_id_key', 'stripe_customer_id_already_used'],
]);

/** Answers a unique violation with the documented code. */
async function namingConflicts<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const code = conflictCodes.get(violatedConstraint(error) ?? '');
    if (code === undefined) throw error;
    throw new ApiError(code, {
      status: 400,
      message: 'Another organization of this environment uses this id.',
    });
  }
}
