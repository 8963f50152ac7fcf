import { DomainDataState } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('an organization is created, and read by id and by external id, in the shape of the SDK', async () => {
  const created = await server.sdk.organizations.createOrganization({
    name: 'Foo Corp',
    externalId: 'customer-1',
    metadata: { tier: 'gold', region: 'eu' },
    domainData: [
      { domain: 'foo-corp.com', state: DomainDataState.Verified },
      { domain: 'foo-corp.net', state: DomainDataState.Pending },
    ],
  });
  expect(created).toEqual({
    object: 'organization',
    id: expect.stringMatching(/^org_[0-9A-Z]{26}$/),
    name: 'Foo Corp',
    allowProfilesOutsideOrganization: false,
    externalId: 'customer-1',
    metadata: { tier: 'gold', region: 'eu' },
    createdAt: expect.stringMatching(timestamp),
    updatedAt: expect.stringMatching(timestamp),
    domains: [
      {
        object: 'organization_domain',
        id: expect.stringMatching(/^org_domain_/),
        organizationId: created.id,
        domain: 'foo-corp.com',
        state: 'verified',
        verificationStrategy: 'manual',
        createdAt: created.createdAt,
        updatedAt: created.createdAt,
      },
      expect.objectContaining({
        domain: 'foo-corp.net',
        state: 'pending',
        verificationStrategy: 'dns',
        verificationToken: expect.any(String),
        verificationPrefix: expect.any(String),
      }),
    ],
  });
  expect(await server.sdk.organizations.getOrganization(created.id)).toEqual(created);
  expect(await server.sdk.organizations.getOrganizationByExternalId('customer-1')).toEqual(created);
});

test('a metadata value of null deletes its key and leaves the others', async () => {
  const { id } = await server.sdk.organizations.createOrganization({
    name: 'Metadata',
    metadata: { a: '1', b: '2' },
  });
  // This generation's types know no null; the wire does.
  const metadata = JSON.parse('{"a":null,"c":"3"}') as Record<string, string>;
  const updated = await server.sdk.organizations.updateOrganization({ organization: id, metadata });
  expect(updated.metadata).toEqual({ b: '2', c: '3' });
});

test('domainData replaces the domains, and the other fields change by themselves', async () => {
  const made = await server.sdk.organizations.createOrganization({
    name: 'Before',
    externalId: 'stays',
    domainData: [{ domain: 'before-corp.com', state: DomainDataState.Verified }],
  });
  const updated = await server.sdk.organizations.updateOrganization({
    organization: made.id,
    name: 'After',
    stripeCustomerId: 'cus_1',
    domainData: [{ domain: 'after-corp.com', state: DomainDataState.Pending }],
  });
  expect(updated).toMatchObject({ name: 'After', externalId: 'stays', stripeCustomerId: 'cus_1' });
  expect(updated.domains.map(({ domain }) => domain)).toEqual(['after-corp.com']);
  const cleared = await server.sdk.organizations.updateOrganization({
    organization: made.id,
    stripeCustomerId: null,
    externalId: null,
  });
  expect(cleared.externalId).toBeNull();
  expect(cleared).not.toHaveProperty('stripeCustomerId');
});

test('lists page, filter by domain, and keep their order', async () => {
  const environment = await server.addEnvironment('sandbox');
  const sdk = server.sdkOf(environment);
  for (const name of ['a', 'b', 'c']) {
    const domainData = [{ domain: `${name}-corp.com`, state: DomainDataState.Verified }];
    await sdk.organizations.createOrganization({ name, domainData });
  }
  const named = ({ data }: { data: { name: string }[] }) => data.map(({ name }) => name);
  const first = await sdk.organizations.listOrganizations({ limit: 2 });
  expect([named(first), first.object]).toEqual([['c', 'b'], 'list']);
  const { after } = first.listMetadata;
  const rest = await sdk.organizations.listOrganizations({ limit: 2, ...(after ? { after } : {}) });
  expect([named(rest), rest.listMetadata.after]).toEqual([['a'], null]);
  const { before } = rest.listMetadata;
  expect(
    named(await sdk.organizations.listOrganizations({ limit: 2, ...(before ? { before } : {}) })),
  ).toEqual(['c', 'b']);
  expect(named(await sdk.organizations.listOrganizations({ order: 'asc' }))).toEqual(['a', 'b', 'c']);
  const some = await sdk.organizations.listOrganizations({ domains: ['a-corp.com', 'c-corp.com'] });
  expect(named(some)).toEqual(['c', 'a']);
});

test('autoPagination returns each of 150 organizations once', async () => {
  const environment = await server.addEnvironment('sandbox');
  const sdk = server.sdkOf(environment);
  const names = Array.from({ length: 150 }, (_, index) => `Organization ${index}`);
  for (const name of names) await sdk.organizations.createOrganization({ name });
  const all = await (await sdk.organizations.listOrganizations()).autoPagination();
  expect(all.map(({ name }) => name)).toEqual(names.toReversed());
});

test('a deleted organization is gone', async () => {
  const { id } = await server.sdk.organizations.createOrganization({ name: 'Going' });
  expect(await server.sdk.organizations.deleteOrganization(id)).toBeUndefined();
  await expect(server.sdk.organizations.getOrganization(id)).rejects.toMatchObject({ status: 404 });
});

test('an idempotency key makes one organization of two calls', async () => {
  const options = { idempotencyKey: 'one-of-two' };
  const first = await server.sdk.organizations.createOrganization({ name: 'Once' }, options);
  const second = await server.sdk.organizations.createOrganization({ name: 'Once' }, options);
  expect(second).toEqual(first);
  await expect(
    server.sdk.organizations.createOrganization({ name: 'Another' }, options),
  ).rejects.toMatchObject({ name: 'ConflictException', status: 409 });
});

test('a call whose answer was lost is repeated with its key and finds the organization it made', async () => {
  const environment = await server.addEnvironment('sandbox');
  let lost: Response | undefined;
  const losesTheFirst: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    if (lost) return response;
    lost = response;
    throw new TypeError('terminated');
  };
  const sdk = server.sdkOf(environment, losesTheFirst);
  const create = () =>
    sdk.organizations.createOrganization({ name: 'Lost' }, { idempotencyKey: 'retry-of-lost' });
  await expect(create()).rejects.toThrow('terminated');
  const made = await create();
  expect(await lost?.json()).toMatchObject({ id: made.id });
  expect((await sdk.organizations.listOrganizations()).data).toHaveLength(1);
});

expectCoverage(import.meta.url, server);
