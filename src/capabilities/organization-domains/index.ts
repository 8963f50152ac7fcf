/**
 * Domains of organizations.
 *
 * Owns: `organization_domain`; the rules for which domain names are accepted; verification states.
 * Emits: `organization_domain.created`, `.updated`, `.verified`, `.deleted`.
 * Invariants: an organization lists a domain once; `verified` without a DNS record is always strategy `manual`; a
 * consumer domain or a public suffix never becomes a row; rows go with their organization.
 */
export { readDomainName } from './domain-name.ts';
export { DomainData, OrganizationDomain } from './contract.ts';
export { organizationDomainOperations } from './routes.ts';
export { emitDomainEvents, replaceDomains } from './organization-domains.ts';
export { domainsOfOrganization } from './store.ts';
