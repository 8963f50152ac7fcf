import { DomainDataState } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();

test('a domain is added, read, verified again and deleted', async () => {
  const organization = await server.sdk.organizations.createOrganization({ name: 'Domains' });
  const created = await server.sdk.organizationDomains.create({
    organizationId: organization.id,
    domain: 'domains-corp.com',
  });
  expect(created).toEqual({
    object: 'organization_domain',
    id: expect.stringMatching(/^org_domain_/),
    organizationId: organization.id,
    domain: 'domains-corp.com',
    state: 'pending',
    verificationStrategy: 'dns',
    verificationToken: expect.any(String),
    verificationPrefix: expect.any(String),
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  });
  expect(await server.sdk.organizationDomains.get(created.id)).toEqual(created);
  expect(await server.sdk.organizationDomains.verify(created.id)).toEqual(created);
  expect(await server.sdk.organizationDomains.delete(created.id)).toBeUndefined();
  await expect(server.sdk.organizationDomains.get(created.id)).rejects.toMatchObject({
    name: 'NotFoundException',
    code: 'entity_not_found',
  });
});

test('a domain that is verified is not verified again', async () => {
  const { domains } = await server.sdk.organizations.createOrganization({
    name: 'Verified',
    domainData: [{ domain: 'verified-corp.com', state: DomainDataState.Verified }],
  });
  await expect(server.sdk.organizationDomains.verify(domains[0]?.id ?? '')).rejects.toMatchObject({
    status: 400,
    rawData: { code: 'domain_already_verified' },
  });
});

expectCoverage(import.meta.url, server);
