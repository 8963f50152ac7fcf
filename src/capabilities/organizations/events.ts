import { defineEvent } from '../../platform/events/events.ts';
import { Organization } from './contract.ts';

export const OrganizationCreated = defineEvent('organization.created', Organization);
export const OrganizationUpdated = defineEvent('organization.updated', Organization);
export const OrganizationDeleted = defineEvent('organization.deleted', Organization);
