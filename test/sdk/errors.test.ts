import {
  BadRequestException,
  DomainDataState,
  GenericServerException,
  NotFoundException,
  RateLimitExceededException,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@workos-inc/node';
import { expect, test } from 'vitest';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const limited = useSdk({ rateLimitFactor: 0.0005 });

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('the call was answered'),
    (error: unknown) => error,
  );

test('400 with a field at fault is a BadRequestException with code and errors', async () => {
  const failure = await failureOf(
    server.sdk.organizations.createOrganization({ name: 'A', metadata: { key: 'x'.repeat(601) } }),
  );
  expect(failure).toBeInstanceOf(BadRequestException);
  expect(failure).toMatchObject({
    status: 400,
    code: 'invalid_metadata',
    errors: [expect.objectContaining({ field: 'metadata.key' })],
  });
});

test('400 with a code alone is a GenericServerException that holds the body', async () => {
  await server.sdk.organizations.createOrganization({ name: 'A', externalId: 'taken' });
  const failure = await failureOf(
    server.sdk.organizations.createOrganization({ name: 'B', externalId: 'taken' }),
  );
  expect(failure).toBeInstanceOf(GenericServerException);
  expect(failure).toMatchObject({ status: 400, rawData: { code: 'external_id_already_used' } });
});

test('401 is an UnauthorizedException', async () => {
  const failure = await failureOf(
    server.sdkOf({ apiKey: 'sk_test_unknown' }).organizations.listOrganizations(),
  );
  expect(failure).toBeInstanceOf(UnauthorizedException);
  expect(failure).toMatchObject({ status: 401 });
});

test('404 is a NotFoundException with code and message', async () => {
  const failure = await failureOf(server.sdk.organizations.getOrganization('org_unknown'));
  expect(failure).toBeInstanceOf(NotFoundException);
  expect(failure).toMatchObject({
    status: 404,
    code: 'entity_not_found',
    message: "Organization not found: 'org_unknown'.",
  });
});

test('409 is a ConflictException with the message', async () => {
  const { id } = await server.sdk.organizations.createOrganization({
    name: 'Conflict',
    domainData: [{ domain: 'conflict-corp.com', state: DomainDataState.Pending }],
  });
  const failure = await failureOf(
    server.sdk.organizationDomains.create({ organizationId: id, domain: 'conflict-corp.com' }),
  );
  // The SDK does not export this class.
  expect(failure).toMatchObject({
    name: 'ConflictException',
    status: 409,
    message: 'Domain already exists for this organization.',
  });
});

test('422 is an UnprocessableEntityException whose message lists the codes', async () => {
  const failure = await failureOf(
    server.sdk.organizations.createOrganization({
      name: 'Refused',
      domainData: [{ domain: 'gmail.com', state: DomainDataState.Pending }],
    }),
  );
  expect(failure).toBeInstanceOf(UnprocessableEntityException);
  expect(failure).toMatchObject({
    status: 422,
    code: 'validation_failed',
    message: expect.stringContaining('consumer_domain'),
  });
});

test('429 is a RateLimitExceededException that says how many seconds to wait', async () => {
  for (const name of ['a', 'b', 'c']) await limited.sdk.organizations.createOrganization({ name });
  const failure = await failureOf(limited.sdk.organizations.listOrganizations());
  expect(failure).toBeInstanceOf(RateLimitExceededException);
  expect(failure).toMatchObject({ status: 429, message: expect.stringContaining('Retry-After') });
  const { retryAfter } = failure as RateLimitExceededException;
  expect(retryAfter).toBeGreaterThanOrEqual(1);
  expect(retryAfter).toBeLessThanOrEqual(60);
});

test('every failure carries a request id, which this SDK looks for in the wrong place', async () => {
  const failure = await failureOf(server.sdk.organizations.getOrganization('org_other'));
  expect(server.calls.at(-1)?.requestId).toMatch(/^req_[0-9A-Z]{26}$/);
  // It reads `headers['X-Request-ID']` of a Headers object. The newest SDK reads it well: test/newer-node.
  expect(failure).toMatchObject({ requestID: '' });
});
