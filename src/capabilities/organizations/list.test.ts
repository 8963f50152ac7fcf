import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const names = ['Alpha', 'Beta', 'Gamma 100%', 'Delta_1', 'Epsilon'];
let ids: string[];

beforeAll(async () => {
  ids = [];
  for (const name of names) {
    const domain_data = [{ domain: `${name.slice(0, 4).toLowerCase()}-corp.com`, state: 'verified' }];
    ids.push((await server.api.post('/organizations', { name, domain_data })).body.id);
  }
});

const listIds = async (query: string): Promise<string[]> =>
  (await server.api.get(`/organizations?${query}`)).body.data.map(({ id }: { id: string }) => id);

test('newest first is the default, ten at a time', async () => {
  const { body } = await server.api.get('/organizations');
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(names.toReversed());
  expect(body.list_metadata).toEqual({ before: null, after: null });
});

test('pages forward and back meet, and both ends are null', async () => {
  const first = (await server.api.get('/organizations?limit=2')).body;
  expect(first.list_metadata).toEqual({ before: null, after: ids[3] });
  const second = (await server.api.get(`/organizations?limit=2&after=${ids[3]}`)).body;
  expect(second.list_metadata).toEqual({ before: ids[2], after: ids[1] });
  const last = (await server.api.get(`/organizations?limit=2&after=${ids[1]}`)).body;
  expect(last.list_metadata).toEqual({ before: ids[0], after: null });
  const back = (await server.api.get(`/organizations?limit=2&before=${ids[2]}`)).body;
  expect(back.data).toEqual(first.data);
  expect(back.list_metadata).toEqual(first.list_metadata);
});

test('asc shows oldest first; normal shows newest first with the cursors the other way round', async () => {
  expect(await listIds('order=asc&limit=2')).toEqual([ids[0], ids[1]]);
  expect(await listIds(`order=normal&limit=2&before=${ids[2]}`)).toEqual([ids[1], ids[0]]);
  expect(await listIds(`order=normal&limit=2&after=${ids[2]}`)).toEqual([ids[4], ids[3]]);
});

test.each([
  ['comma-joined', 'domains=alph-corp.com,beta-corp.com'],
  ['repeated', 'domains=alph-corp.com&domains=beta-corp.com'],
  ['bracketed', 'domains[]=alph-corp.com&domains[]=beta-corp.com'],
])('%s domains match any', async (_, query) => {
  expect(await listIds(query)).toEqual([ids[1], ids[0]]);
});

test('search matches names literally, whatever the case', async () => {
  expect(await listIds('search=eps')).toEqual([ids[4]]);
  expect(await listIds('search=100%25')).toEqual([ids[2]]);
  expect(await listIds('search=a_1')).toEqual([ids[3]]);
  expect(await listIds('search=%25')).toEqual([ids[2]]);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=ten', 'limit'],
  ['order=up', 'order'],
  ['after=org_01HZZZZZZZZZZZZZZZZZZZZZZZ', 'after'],
  ['before=nonsense', 'before'],
])('%s is refused with 422 that names %s', async (query, field) => {
  const response = await server.api.get(`/organizations?${query}`);
  expect(response.status).toBe(422);
  expect(response.body.errors[0].field).toBe(field);
});

test('both cursors at once are refused', async () => {
  const response = await server.api.get(`/organizations?before=${ids[0]}&after=${ids[1]}`);
  expect(response.status).toBe(422);
});

test('another environment sees none of them, and cannot use their ids as cursors', async () => {
  expect((await server.other.api.get('/organizations')).body.data).toEqual([]);
  expect((await server.other.api.get(`/organizations?after=${ids[0]}`)).status).toBe(422);
});

test('without a key nothing is listed', async () => {
  expect((await server.anonymous.get('/organizations')).status).toBe(401);
});
