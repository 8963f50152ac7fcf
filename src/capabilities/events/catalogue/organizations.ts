import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, ids, made } from './samples.ts';

const FailedVerification = z.strictObject({
  reason: z.enum(['domain_verification_period_expired', 'domain_verified_by_other_organization']),
  organization_domain: z.strictObject({
    object: z.literal('organization_domain'),
    id: z.string(),
    organization_id: z.string(),
    domain: z.string(),
    state: z.enum(['failed', 'legacy_verified', 'pending', 'unverified', 'verified']),
    verification_strategy: z.enum(['dns', 'manual']),
    verification_prefix: z.string().optional(),
    verification_token: z.string().optional(),
    created_at: Timestamp,
    updated_at: Timestamp,
  }),
});

/** The token is no secret: it is published in the DNS. */
const domain = {
  object: 'organization_domain',
  id: ids.organizationDomain,
  organization_id: ids.organization,
  domain: 'northwind.example',
  state: 'pending',
  verification_strategy: 'dns',
  verification_prefix: 'k2v9d',
  verification_token: 'm5TqXw8RbZc3LpYn1HsV',
  ...made,
};
const verified = { ...domain, state: 'verified', ...changed };

const organization = {
  object: 'organization',
  id: ids.organization,
  name: 'Northwind',
  domains: [verified],
  metadata: { plan: 'enterprise' },
  external_id: 'customer-1207',
  allow_profiles_outside_organization: false,
  ...made,
};

export const organizationEvents = family('organizations', {
  'organization.created': {
    when: 'An organization was made.',
    sample: { ...organization, domains: [domain] },
  },
  'organization.updated': {
    when: 'An organization was changed.',
    sample: { ...organization, name: 'Northwind Traders', ...changed },
    previous: { name: 'Northwind' },
  },
  'organization.deleted': {
    when: 'An organization was deleted; this is what it was. Its domains have events of their own.',
    sample: { ...organization, ...changed },
  },
});

export const organizationDomainEvents = family('organization-domains', {
  'organization_domain.created': { when: 'A domain was added to an organization.', sample: domain },
  'organization_domain.updated': {
    when: 'A domain of an organization was changed, for example given a new verification token.',
    sample: { ...domain, ...changed },
  },
  'organization_domain.verified': { when: 'The ownership of a domain was proven.', sample: verified },
  'organization_domain.verification_failed': {
    when: 'The ownership of a domain could not be proven in time, or another organization proved it first.',
    planned: FailedVerification,
    sample: {
      reason: 'domain_verification_period_expired',
      organization_domain: { ...domain, state: 'failed', ...changed },
    },
  },
  'organization_domain.deleted': {
    when: 'A domain was removed from an organization.',
    sample: { ...domain, ...changed },
  },
});
