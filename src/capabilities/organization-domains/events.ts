import { defineEvent } from '../../platform/events/events.ts';
import { OrganizationDomain } from './contract.ts';

export const OrganizationDomainCreated = defineEvent('organization_domain.created', OrganizationDomain);
export const OrganizationDomainUpdated = defineEvent('organization_domain.updated', OrganizationDomain);
export const OrganizationDomainVerified = defineEvent('organization_domain.verified', OrganizationDomain);
export const OrganizationDomainDeleted = defineEvent('organization_domain.deleted', OrganizationDomain);
