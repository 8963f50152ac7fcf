import { beforeEach, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
let id: string;
let mark: string;

/** The last event so far, to look only at what follows. */
const lastEvent = async (): Promise<string> =>
  (await server.api.get('/events?order=desc&limit=1')).body.data[0].id;

beforeEach(async () => {
  const made = await server.api.post('/organizations', {
    name: 'Before',
    metadata: { tier: 'gold', region: 'eu' },
    domain_data: [
      { domain: 'kept-corp.com', state: 'verified' },
      { domain: 'gone-corp.com', state: 'pending' },
    ],
  });
  id = made.body.id;
  mark = await lastEvent();
});

test('what is given changes, what is not stays, and the event says what was before', async () => {
  const { status, body } = await server.api.put(`/organizations/${id}`, { name: 'After' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: 'After', metadata: { tier: 'gold', region: 'eu' } });
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([
    {
      event: 'organization.updated',
      data: { name: 'After' },
      context: { previous_attributes: { name: 'Before' } },
    },
  ]);
});

test('metadata is merged: a null value deletes its key, {} and null delete all', async () => {
  const merged = await server.api.put(`/organizations/${id}`, { metadata: { tier: null, plan: 'x' } });
  expect(merged.body.metadata).toEqual({ region: 'eu', plan: 'x' });
  expect((await server.api.put(`/organizations/${id}`, { metadata: {} })).body.metadata).toEqual({});
  await server.api.put(`/organizations/${id}`, { metadata: { a: 'b' } });
  expect((await server.api.put(`/organizations/${id}`, { metadata: null })).body.metadata).toEqual({});
});

test('a merge that would pass 50 pairs answers 400 and changes nothing', async () => {
  const many = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'v']));
  const response = await server.api.put(`/organizations/${id}`, { name: 'Not', metadata: many });
  expect(response.status).toBe(400);
  expect(response.body.code).toBe('invalid_metadata');
  expect((await server.api.get(`/organizations/${id}`)).body.name).toBe('Before');
});

test('domain data replaces the list, and a domain that stays keeps its verification', async () => {
  const { body } = await server.api.put(`/organizations/${id}`, {
    domain_data: [
      { domain: 'kept-corp.com', state: 'pending' },
      { domain: 'new-corp.com', state: 'pending' },
    ],
  });
  expect(body.domains).toMatchObject([
    { domain: 'kept-corp.com', state: 'verified' },
    { domain: 'new-corp.com', state: 'pending' },
  ]);
  expect((await server.eventNames(mark)).sort()).toEqual([
    'organization.updated',
    'organization_domain.created',
    'organization_domain.deleted',
  ]);
});

test('a pending domain is verified by the word of the caller', async () => {
  const { body } = await server.api.put(`/organizations/${id}`, {
    domain_data: [
      { domain: 'kept-corp.com', state: 'verified' },
      { domain: 'gone-corp.com', state: 'verified' },
    ],
  });
  expect(body.domains[1]).toMatchObject({ state: 'verified', verification_strategy: 'manual' });
  expect(await server.eventNames(mark)).toContain('organization_domain.verified');
});

test('an update that changes nothing writes nothing and emits nothing', async () => {
  const before = (await server.api.get(`/organizations/${id}`)).body;
  const { body } = await server.api.put(`/organizations/${id}`, {
    name: 'Before',
    metadata: { tier: 'gold' },
  });
  expect(body).toEqual(before);
  expect(await server.eventNames(mark)).toEqual([]);
});

test('external and Stripe ids are set, cleared, and unique', async () => {
  const other = (await server.api.post('/organizations', { name: 'Other', external_id: 'taken' })).body.id;
  await server.api.put(`/organizations/${other}`, { stripe_customer_id: 'cus_taken' });
  const first = await server.api.put(`/organizations/${id}`, { external_id: 'taken' });
  expect([first.status, first.body.code]).toEqual([400, 'external_id_already_used']);
  const second = await server.api.put(`/organizations/${id}`, { stripe_customer_id: 'cus_taken' });
  expect([second.status, second.body.code]).toEqual([400, 'stripe_customer_id_already_used']);
  await server.api.put(`/organizations/${other}`, { external_id: null, stripe_customer_id: null });
  const freed = await server.api.put(`/organizations/${id}`, {
    external_id: 'taken',
    stripe_customer_id: 'cus_taken',
  });
  expect(freed.body).toMatchObject({ external_id: 'taken', stripe_customer_id: 'cus_taken' });
  await server.api.delete(`/organizations/${id}`);
});

test.each([
  ['an empty name', { name: '' }],
  ['a consumer domain', { domain_data: [{ domain: 'gmail.com', state: 'verified' }] }],
])('%s is refused with 422', async (_, input) => {
  expect((await server.api.put(`/organizations/${id}`, input)).status).toBe(422);
});

test("an unknown id and another environment's id answer 404 and change nothing", async () => {
  expect((await server.api.put('/organizations/org_01HZZZZZZZZZZZZZZZZZZZZZZZ', { name: 'A' })).status).toBe(
    404,
  );
  expect((await server.other.api.put(`/organizations/${id}`, { name: 'Stolen' })).status).toBe(404);
  expect((await server.api.get(`/organizations/${id}`)).body.name).toBe('Before');
});

test('without a key nothing changes', async () => {
  expect((await server.anonymous.put(`/organizations/${id}`, { name: 'A' })).status).toBe(401);
});
