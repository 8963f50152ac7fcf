import { ById } from '../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../platform/operation.ts';
import { CreateOrganizationDomain, OrganizationDomain } from './contract.ts';
import {
  createOrganizationDomain,
  deleteOrganizationDomain,
  getOrganizationDomain,
  restartVerification,
  verifyManually,
} from './organization-domains.ts';

const notFound = unknownId('domain');
const alreadyVerified = { status: 400, code: 'domain_already_verified', when: 'The domain is verified.' };

export const organizationDomainOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'organization_domains.create',
    summary: 'Add a domain to an organization',
    method: 'POST',
    path: '/organization_domains',
    aliases: ['/organization-domains'],
    permission: 'organization_domains:write',
    body: CreateOrganizationDomain,
    returns: { 201: OrganizationDomain },
    errors: [
      unknownId('organization'),
      { status: 409, code: 'domain_already_exists', when: 'The organization lists the domain.' },
      {
        status: 422,
        code: 'validation_failed',
        when: 'The domain is no name, a public suffix or a consumer domain.',
      },
    ],
    run: (tx, { body }) => createOrganizationDomain(tx, body),
  }),
  operation({
    ...byKey,
    id: 'organization_domains.get',
    summary: 'Get a domain',
    method: 'GET',
    path: '/organization_domains/{id}',
    permission: 'organization_domains:read',
    params: ById,
    returns: { 200: OrganizationDomain },
    errors: [notFound],
    run: (reader, { params }) => getOrganizationDomain(reader, params.id),
  }),
  operation({
    ...byKey,
    id: 'organization_domains.delete',
    summary: 'Delete a domain',
    method: 'DELETE',
    path: '/organization_domains/{id}',
    permission: 'organization_domains:write',
    params: ById,
    returns: { 204: null },
    errors: [notFound],
    run: (tx, { params }) => deleteOrganizationDomain(tx, params.id),
  }),
  operation({
    ...byKey,
    id: 'organization_domains.verify',
    summary: 'Start the verification of a domain by DNS record',
    method: 'POST',
    path: '/organization_domains/{id}/verify',
    aliases: ['/organization-domains/{id}/verify'],
    permission: 'organization_domains:write',
    params: ById,
    returns: { 201: OrganizationDomain },
    errors: [notFound, alreadyVerified],
    run: (tx, { params }) => restartVerification(tx, params.id),
  }),
  operation({
    ...byKey,
    id: 'organization_domains.verify_manually',
    summary: 'Mark a domain as verified on your own word',
    method: 'POST',
    path: '/management/organization_domains/{id}/verify',
    permission: 'organization_domains:write',
    params: ById,
    returns: { 201: OrganizationDomain },
    errors: [notFound, alreadyVerified],
    run: (tx, { params }) => verifyManually(tx, params.id),
  }),
];
