import { z } from 'zod';
import {
  ExternalId,
  LineOfText,
  Metadata,
  MetadataPatch,
  QueryList,
  Timestamp,
  listOf,
  paginationQuery,
} from '../../platform/contract.ts';
import { DomainData, OrganizationDomain } from '../organization-domains/index.ts';

export const Organization = z
  .strictObject({
    object: z.literal('organization'),
    id: z.string(),
    name: z.string(),
    domains: z.array(OrganizationDomain),
    metadata: Metadata,
    external_id: z.string().nullable(),
    stripe_customer_id: z.string().optional(),
    allow_profiles_outside_organization: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Organization' });
export type Organization = z.infer<typeof Organization>;

export const OrganizationList = listOf(Organization);

const Name = LineOfText.min(1).max(255);

const changes = {
  allow_profiles_outside_organization: z.boolean().optional(),
  /** The older spelling of `domain_data`: names whose ownership is still to be proven. */
  domains: z.array(z.string()).max(100).optional(),
  domain_data: z.array(DomainData).max(100).optional(),
  metadata: MetadataPatch,
  external_id: ExternalId.nullable().optional(),
};

export const CreateOrganization = z.object({ name: Name, ...changes });
export type CreateOrganization = z.infer<typeof CreateOrganization>;

export const UpdateOrganization = z.object({
  name: Name.optional(),
  ...changes,
  stripe_customer_id: z.string().min(1).max(255).nullable().optional(),
});
export type UpdateOrganization = z.infer<typeof UpdateOrganization>;

export const ListOrganizations = z.object({
  ...paginationQuery,
  domains: QueryList.optional(),
  search: z.string().max(255).optional(),
});
export type ListOrganizations = z.infer<typeof ListOrganizations>;

/** What only the operator of the product sets: who is told of set-up, expiring certificates and the like. */
export const OrganizationSettings = z.object({ admin_emails: z.array(z.email().max(320)).max(20) });
export type OrganizationSettings = z.infer<typeof OrganizationSettings>;
