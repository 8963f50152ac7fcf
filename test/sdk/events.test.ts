import type { WorkOS } from '@workos-inc/node';
import { beforeAll, expect, test } from 'vitest';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const hourMs = 3_600_000;

let sdk: WorkOS;
let firstId: string;
let secondId: string;
let betweenThem: string;

beforeAll(async () => {
  sdk = server.sdkOf(await server.addEnvironment('sandbox'));
  server.clock.setOffset(-2 * hourMs);
  ({ id: firstId } = await sdk.organizations.createOrganization({ name: 'First' }));
  server.clock.setOffset(-hourMs);
  betweenThem = server.clock.now().toISOString();
  server.clock.setOffset(0);
  ({ id: secondId } = await sdk.organizations.createOrganization({ name: 'Second' }));
  await sdk.organizations.updateOrganization({ organization: secondId, name: 'Renamed' });
  await sdk.organizations.deleteOrganization(secondId);
});

const named = ({ data }: { data: { event: string }[] }) => data.map(({ event }) => event);

test('an event has the shape of the SDK', async () => {
  const { data, listMetadata, object } = await sdk.events.listEvents({ events: ['organization.updated'] });
  expect([object, listMetadata.after]).toEqual(['list', null]);
  expect(data).toEqual([
    {
      id: expect.stringMatching(/^event_[0-9A-Z]{26}$/),
      event: 'organization.updated',
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      data: expect.objectContaining({
        object: 'organization',
        id: secondId,
        name: 'Renamed',
        domains: [],
        createdAt: expect.any(String),
      }),
      context: expect.objectContaining({
        client_id: expect.stringMatching(/^client_/),
        actor: expect.objectContaining({ source: 'api' }),
        previous_attributes: { name: 'Second' },
      }),
    },
  ]);
});

test('several types are read at once, oldest first', async () => {
  const events = await sdk.events.listEvents({ events: ['organization.deleted', 'organization.created'] });
  expect(named(events)).toEqual(['organization.created', 'organization.created', 'organization.deleted']);
});

test('rangeStart and rangeEnd cut the list', async () => {
  const events = ['organization.created' as const];
  const ids = (page: { data: { data: unknown }[] }) => page.data.map(({ data }) => data);
  const since = await sdk.events.listEvents({ events, rangeStart: betweenThem });
  expect(ids(since)).toMatchObject([{ id: secondId }]);
  const until = await sdk.events.listEvents({ events, rangeEnd: betweenThem });
  expect(ids(until)).toMatchObject([{ id: firstId }]);
});

test('organizationId reads the feed of one organization', async () => {
  const events = ['organization.created' as const, 'organization.updated' as const];
  const page = await sdk.events.listEvents({ events, organizationId: firstId });
  expect(named(page)).toEqual(['organization.created']);
});

test('after continues where a page of `limit` ended, to the end', async () => {
  const events = [
    'organization.created' as const,
    'organization.updated' as const,
    'organization.deleted' as const,
  ];
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await sdk.events.listEvents({ events, limit: 1, ...(after ? { after } : {}) });
    seen.push(...named(page));
    after = page.listMetadata.after ?? undefined;
  } while (after);
  expect(seen).toEqual([
    'organization.created',
    'organization.created',
    'organization.updated',
    'organization.deleted',
  ]);
});

test('desc reads the newest first', async () => {
  const page = await sdk.events.listEvents({
    events: ['organization.created', 'organization.deleted'],
    order: 'desc',
    limit: 2,
  });
  expect(named(page)).toEqual(['organization.deleted', 'organization.created']);
});

expectCoverage(import.meta.url, server);
