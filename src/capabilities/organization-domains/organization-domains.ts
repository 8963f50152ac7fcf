import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { violatedConstraint, violatedForeignKey } from '../../platform/database/database.ts';
import { ApiError, invalidField, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import type { Reader } from '../../platform/scope.ts';
import { makeToken } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { CreateOrganizationDomain, DomainData, OrganizationDomain } from './contract.ts';
import { describeDomainFault, readDomainName } from './domain-name.ts';
import {
  OrganizationDomainCreated,
  OrganizationDomainDeleted,
  OrganizationDomainUpdated,
  OrganizationDomainVerified,
} from './events.ts';
import {
  deleteDomain,
  findDomain,
  findDomainForUpdate,
  insertDomain,
  listDomainsForUpdate,
  updateDomain,
} from './store.ts';

const domainNotFound = (id: string) => notFound('Organization Domain', id);

const domainExists = () =>
  new ApiError('domain_already_exists', {
    status: 409,
    message: 'Domain already exists for this organization.',
  });

export async function getOrganizationDomain(reader: Reader, id: string): Promise<OrganizationDomain> {
  const domain = await findDomain(reader, id);
  if (!domain) throw domainNotFound(id);
  return domain;
}

/** Adds a domain whose owner is still to be proven by a DNS record. */
export async function createOrganizationDomain(
  tx: Tx,
  input: CreateOrganizationDomain,
): Promise<OrganizationDomain> {
  const domain = acceptDomain(input.domain, 'domain');
  return tell(tx, await addDomain(tx, input.organization_id, { domain, state: 'pending' }));
}

/** Starts verification again: a failed domain returns to `pending`, a pending one stays as it is. */
export async function restartVerification(tx: Tx, id: string): Promise<OrganizationDomain> {
  const domain = await findUnverifiedDomain(tx, id);
  if (domain.state === 'pending' && domain.verification_strategy === 'dns') return domain;
  const updated = await updateDomain(tx, {
    id,
    state: 'pending',
    verification_strategy: 'dns',
    ...dnsChallenge(),
  });
  return tell(tx, [[OrganizationDomainUpdated, updated]]);
}

/** Marks a domain as verified on the word of the caller, who must have proven the ownership. */
export async function verifyManually(tx: Tx, id: string): Promise<OrganizationDomain> {
  const domain = await findUnverifiedDomain(tx, id);
  return tell(tx, await markVerified(tx, domain));
}

export async function deleteOrganizationDomain(tx: Tx, id: string): Promise<void> {
  const domain = await findDomainForUpdate(tx, id);
  if (!domain) throw domainNotFound(id);
  emitDomainEvents(tx, [await removeDomain(tx, domain)]);
}

/** What a change of domains will tell, in order. */
export type DomainEvents = readonly (readonly [
  type: typeof OrganizationDomainCreated,
  domain: OrganizationDomain,
])[];

/**
 * Makes the organization's domains exactly `wanted`; a domain that stays keeps what was verified.
 * @returns what to tell with `emitDomainEvents`, once the organization's own event has been told
 * @throws ApiError 422 for a name that is refused, 409 for one listed twice
 */
export async function replaceDomains(
  tx: Tx,
  organizationId: string,
  wanted: readonly DomainData[],
): Promise<DomainEvents> {
  const accepted = wanted.map((data, index) => ({
    ...data,
    domain: acceptDomain(data.domain, `domain_data.${index}.domain`),
  }));
  if (new Set(accepted.map(({ domain }) => domain)).size < accepted.length) throw domainExists();
  const existing = await listDomainsForUpdate(tx, organizationId);
  const removed = existing.filter((present) => !accepted.some(({ domain }) => domain === present.domain));
  const events: DomainEvents[number][] = [];
  for (const domain of removed) events.push(await removeDomain(tx, domain));
  for (const data of accepted) {
    const present = existing.find(({ domain }) => domain === data.domain);
    if (present && (data.state === 'pending' || present.state === 'verified')) continue;
    events.push(...(present ? await markVerified(tx, present) : await addDomain(tx, organizationId, data)));
  }
  return events;
}

export function emitDomainEvents(tx: Tx, events: DomainEvents): void {
  for (const [type, domain] of events) emit(tx, type, domain, { organizationId: domain.organization_id });
}

async function addDomain(tx: Tx, organizationId: string, data: DomainData): Promise<DomainEvents> {
  const isVerified = data.state === 'verified';
  const now = tx.now.toISOString();
  try {
    const domain = await insertDomain(tx, {
      object: 'organization_domain',
      id: tx.newId('org_domain'),
      organization_id: organizationId,
      domain: data.domain,
      state: data.state,
      verification_strategy: isVerified ? 'manual' : 'dns',
      ...(isVerified ? { verification_prefix: null, verification_token: null } : dnsChallenge()),
      created_at: now,
      updated_at: now,
    });
    const created = [OrganizationDomainCreated, domain] as const;
    return isVerified ? [created, [OrganizationDomainVerified, domain]] : [created];
  } catch (error) {
    if (violatedConstraint(error) === 'organization_domain_domain_key') throw domainExists();
    if (violatedForeignKey(error)) throw notFound('Organization', organizationId);
    throw error;
  }
}

async function findUnverifiedDomain(tx: Tx, id: string): Promise<OrganizationDomain> {
  const domain = await findDomainForUpdate(tx, id);
  if (!domain) throw domainNotFound(id);
  if (domain.state === 'verified' || domain.state === 'legacy_verified') {
    throw new ApiError('domain_already_verified', { status: 400, message: 'Domain is already verified.' });
  }
  return domain;
}

async function markVerified(tx: Tx, domain: OrganizationDomain): Promise<DomainEvents> {
  const verified = await updateDomain(tx, {
    id: domain.id,
    state: 'verified',
    verification_strategy: 'manual',
    verification_prefix: null,
    verification_token: null,
  });
  return [
    [OrganizationDomainUpdated, verified],
    [OrganizationDomainVerified, verified],
  ];
}

async function removeDomain(tx: Tx, domain: OrganizationDomain): Promise<DomainEvents[number]> {
  await deleteDomain(tx, domain.id);
  return [OrganizationDomainDeleted, domain];
}

/** Tells what a change of one domain told, and answers the domain as it is now. */
function tell(tx: Tx, events: DomainEvents): OrganizationDomain {
  emitDomainEvents(tx, events);
  const last = events.at(-1);
  assert(last, 'a change tells something');
  return last[1];
}

/** The record that proves ownership: `<prefix>=<token>` or `verification_token=<token>` (spec/enterprise 6.5). */
function dnsChallenge() {
  const suffix = randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return { verification_prefix: `doorwright-domain-verification-${suffix}`, verification_token: makeToken() };
}

function acceptDomain(text: string, field: string): string {
  const read = readDomainName(text);
  if ('domain' in read) return read.domain;
  throw invalidField(field, read.fault, describeDomainFault(read.fault));
}
