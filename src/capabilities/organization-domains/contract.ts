import { z } from 'zod';
import { Timestamp } from '../../platform/contract.ts';

export const DomainState = z.enum(['failed', 'legacy_verified', 'pending', 'unverified', 'verified']);
export const VerificationStrategy = z.enum(['dns', 'manual']);

export const OrganizationDomain = z
  .strictObject({
    object: z.literal('organization_domain'),
    id: z.string(),
    organization_id: z.string(),
    domain: z.string(),
    state: DomainState,
    verification_strategy: VerificationStrategy,
    verification_prefix: z.string().optional(),
    verification_token: z.string().optional(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'OrganizationDomain' });
export type OrganizationDomain = z.infer<typeof OrganizationDomain>;

export const DomainName = z.string().min(1).max(253);

/** A domain as organizations are created and updated with. */
export const DomainData = z.object({ domain: DomainName, state: z.enum(['pending', 'verified']) });
export type DomainData = z.infer<typeof DomainData>;

export const CreateOrganizationDomain = z.object({ organization_id: z.string(), domain: DomainName });
export type CreateOrganizationDomain = z.infer<typeof CreateOrganizationDomain>;
