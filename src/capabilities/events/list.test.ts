import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { addDays } from '../../../test/time.ts';

const server = useServer();
let first: string;
let second: string;
let ids: string[];

beforeAll(async () => {
  first = (await server.api.post('/organizations', { name: 'First' })).body.id;
  await server.api.put(`/organizations/${first}`, { name: 'Renamed' });
  second = (await server.api.post('/organizations', { name: 'Second' })).body.id;
  await server.api.delete(`/organizations/${second}`);
  ids = await idsOf('');
});

const idsOf = async (query: string): Promise<string[]> =>
  (await server.api.get(`/events?limit=100&${query}`)).body.data.map(({ id }: { id: string }) => id);

test('events come oldest first, all types without a filter, in the documented envelope', async () => {
  const { body } = await server.api.get('/events');
  expect(body.data.map(({ event }: { event: string }) => event)).toEqual([
    'organization.created',
    'organization.updated',
    'organization.created',
    'organization.deleted',
  ]);
  expect(body.list_metadata).toEqual({ before: null, after: null });
  expect(Object.keys(body.data[0]).sort()).toEqual([
    'context',
    'created_at',
    'data',
    'event',
    'id',
    'object',
  ]);
  expect(body.data[0].data.created_at).toBe(body.data[0].created_at);
});

test('types, organization and order filter; pages meet', async () => {
  expect(await idsOf('events=organization.created')).toEqual([ids[0], ids[2]]);
  expect(await idsOf('events[]=organization.updated&events[]=organization.deleted')).toEqual([
    ids[1],
    ids[3],
  ]);
  expect(await idsOf('events=dsync.user.created')).toEqual([]);
  expect(await idsOf(`organization_id=${second}`)).toEqual([ids[2], ids[3]]);
  expect(await idsOf(`organization_id=${second}&events=organization.deleted`)).toEqual([ids[3]]);
  expect(await idsOf('order=desc')).toEqual(ids.toReversed());
  const page = (await server.api.get('/events?limit=3')).body;
  expect(page.list_metadata.after).toBe(ids[2]);
  expect(await idsOf(`after=${ids[2]}`)).toEqual([ids[3]]);
  expect(await idsOf(`before=${ids[2]}`)).toEqual([ids[0], ids[1]]);
});

test('a range starts and ends where it says', async () => {
  const hour = 3_600_000;
  const now = server.clock.now().getTime();
  const at = (ms: number) => encodeURIComponent(new Date(now + ms).toISOString());
  expect(await idsOf(`range_start=${at(-hour)}`)).toEqual(ids);
  expect(await idsOf(`range_start=${at(hour)}`)).toEqual([]);
  expect(await idsOf(`range_end=${at(-hour)}`)).toEqual([]);
  expect(await idsOf(`range_start=${at(-hour)}&range_end=${at(hour)}`)).toEqual(ids);
});

test.each([
  ['an unknown type', 'events=organization.exploded', 422, 'validation_failed'],
  ['an unknown cursor', 'after=event_01HZZZZZZZZZZZZZZZZZZZZZZZ', 422, 'validation_failed'],
  ['a cursor of another list', 'after=org_01HZZZZZZZZZZZZZZZZZZZZZZZ', 422, 'validation_failed'],
  ['a range that is no time', 'range_start=yesterday', 422, 'validation_failed'],
  [
    'a range that ends before it starts',
    'range_start=2026-01-02T00:00:00Z&range_end=2026-01-01T00:00:00Z',
    422,
    'validation_failed',
  ],
  [
    'a range of 31 days',
    'range_start=2026-01-01T00:00:00Z&range_end=2026-02-01T00:00:00Z',
    422,
    'validation_failed',
  ],
])('%s is refused', async (_, query, status, code) => {
  const response = await server.api.get(`/events?${query}`);
  expect([response.status, response.body.code]).toEqual([status, code]);
});

test('range_start and a cursor together answer 400', async () => {
  const response = await server.api.get(`/events?range_start=2026-01-01T00:00:00Z&after=${ids[0]}`);
  expect([response.status, response.body.code]).toEqual([400, 'invalid_request_parameters']);
});

test('another environment sees none of them, cannot use their ids, and no key reads none', async () => {
  expect((await server.other.api.get('/events')).body.data).toEqual([]);
  expect((await server.other.api.get(`/events?after=${ids[0]}`)).status).toBe(422);
  expect((await server.other.api.get(`/events?organization_id=${first}`)).body.data).toEqual([]);
  expect((await server.anonymous.get('/events')).status).toBe(401);
});

test('events older than 90 days are not answered', async () => {
  server.clock.setOffset(addDays(new Date(0), 91).getTime());
  expect(await idsOf('')).toEqual([]);
  server.clock.setOffset(0);
  expect(await idsOf('')).toEqual(ids);
});
