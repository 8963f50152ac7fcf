/**
 * Organizations: the customers of whoever runs Doorwright. The model slice; others look like it.
 *
 * Owns: `organization`.
 * Emits: `organization.created`, `organization.updated`, `organization.deleted`.
 * Invariants: external and Stripe ids are unique within an environment; an update that changes nothing writes and
 * emits nothing; an organization's domains are deleted, with their events, before it is.
 */
export { organizationOperations } from './routes.ts';
export { CreateOrganization, Organization } from './contract.ts';
export { createOrganization, getOrganization, updateOrganization } from './organizations.ts';
export {
  findOrganization,
  findOrganizationByName,
  holdOrganization,
  isOrganization,
  isOrganizationThere,
} from './store.ts';
