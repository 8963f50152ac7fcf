import { expect, test } from 'vitest';
import { createClient } from '../../../../test/client.ts';
import { useServer } from '../../../../test/harness.ts';
import { addDays } from '../../../../test/time.ts';

const server = useServer();

test('the value of a key is answered once; afterwards only enough to recognise it', async () => {
  const { status, body } = await server.api.post('/management/api_keys', { name: 'Second' });
  expect(status).toBe(201);
  expect(body.value).toMatch(/^sk_test_[A-Za-z0-9]{43}$/);
  const { value, ...key } = body;
  const listed = (await server.api.get('/management/api_keys')).body.data;
  expect(listed).toContainEqual(key);
  expect(key.obfuscated_value).toBe(`sk_test_...${value.slice(-4)}`);
  expect(JSON.stringify(listed)).not.toContain(value);
});

test('the database holds the hash of a key and nothing that could be used', async () => {
  const { rows } = await server.database.pool.query('select t::text as row from environment_api_key t');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(server.apiKey.slice(-43));
});

test('a revoked key is refused by the very next request', async () => {
  const { body } = await server.api.post('/management/api_keys', { name: 'Short' });
  const api = createClient(server.url, body.value);
  expect((await api.get('/organizations')).status).toBe(200);
  expect((await server.api.delete(`/management/api_keys/${body.id}`)).status).toBe(204);
  expect((await api.get('/organizations')).status).toBe(401);
  expect((await server.api.delete(`/management/api_keys/${body.id}`)).status).toBe(404);
});

test('a key stops working at the moment it expires', async () => {
  const expires_at = addDays(server.clock.now(), 1).toISOString();
  const { body } = await server.api.post('/management/api_keys', { name: 'Expiring', expires_at });
  const api = createClient(server.url, body.value);
  expect((await api.get('/organizations')).status).toBe(200);
  server.clock.setOffset(2 * 86_400_000);
  expect((await api.get('/organizations')).status).toBe(401);
  server.clock.setOffset(0);
});

test('a key cannot revoke itself', async () => {
  const { body } = await server.api.post('/management/api_keys', { name: 'Self' });
  const response = await createClient(server.url, body.value).delete(`/management/api_keys/${body.id}`);
  expect([response.status, response.body.code]).toEqual([409, 'api_key_in_use']);
});

test.each([
  ['no name', {}, 'name'],
  ['an expiry that is no time', { name: 'A', expires_at: 'tomorrow' }, 'expires_at'],
])('%s is refused with 422', async (_, input, field) => {
  const response = await server.api.post('/management/api_keys', input);
  expect([response.status, response.body.errors[0].field]).toEqual([422, field]);
});

test("another environment's keys are neither seen nor revoked; no key gets nowhere", async () => {
  const { body } = await server.api.post('/management/api_keys', { name: 'Mine' });
  const listed = (await server.other.api.get('/management/api_keys')).body.data;
  expect(listed.map(({ id }: { id: string }) => id)).not.toContain(body.id);
  expect((await server.other.api.delete(`/management/api_keys/${body.id}`)).status).toBe(404);
  expect((await server.anonymous.get('/management/api_keys')).status).toBe(401);
  expect((await server.anonymous.post('/management/api_keys', { name: 'A' })).status).toBe(401);
  expect((await server.anonymous.delete(`/management/api_keys/${body.id}`)).status).toBe(401);
});

test.each([
  ['truncated', (key: string) => key.slice(0, -1)],
  ['of another prefix', (key: string) => key.replace('sk_test_', 'sk_live_')],
  ['unknown', () => 'sk_test_unknown'],
  ['an install key that is unknown', () => 'sk_admin_unknown'],
  ['no key at all', () => 'hello'],
])('a key that is %s answers 401', async (_, change) => {
  expect((await createClient(server.url, change(server.apiKey)).get('/organizations')).status).toBe(401);
});

test('a key in the query string is not read', async () => {
  const response = await server.anonymous.get(
    `/organizations?api_key=${server.apiKey}&access_token=${server.apiKey}`,
  );
  expect(response.status).toBe(401);
});

test('no log line holds a key', async () => {
  await server.api.get('/organizations');
  expect(server.logLines.join('')).not.toContain(server.apiKey);
});
