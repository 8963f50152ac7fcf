import { expect, test, vi } from 'vitest';
import { createClient } from '../../../test/client.ts';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const unknownId = 'environment_01HZZZZZZZZZZZZZZZZZZZZZZZ';

const create = async (name: string, kind = 'sandbox') =>
  (await server.install.post('/management/environments', { name, kind })).body;

test('a new environment comes with a client id and its first key, which works at once', async () => {
  const { status, body } = await server.install.post('/management/environments', {
    name: 'New',
    kind: 'production',
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({ object: 'environment', name: 'New', kind: 'production' });
  expect(body.client_id).toMatch(/^client_[0-9A-Z]{26}$/);
  expect(body.api_key.value).toMatch(/^sk_live_[A-Za-z0-9]{43}$/);
  const api = createClient(server.url, body.api_key.value);
  const { api_key: _, ...environment } = body;
  expect((await api.get('/management/environment')).body).toEqual(environment);
  expect((await server.install.get(`/management/environments/${body.id}`)).body).toEqual(environment);
});

test.each([
  ['no name', { kind: 'sandbox' }, 'name'],
  ['an unknown kind', { name: 'A', kind: 'staging' }, 'kind'],
])('%s is refused with 422', async (_, input, field) => {
  const response = await server.install.post('/management/environments', input);
  expect([response.status, response.body.errors[0].field]).toEqual([422, field]);
});

test('environments are listed, and renamed', async () => {
  const { id } = await create('Old name');
  expect((await server.install.get('/management/environments?limit=100')).body.data).toContainEqual(
    expect.objectContaining({ id, name: 'Old name' }),
  );
  const renamed = await server.install.patch(`/management/environments/${id}`, { name: 'New name' });
  expect(renamed.body.name).toBe('New name');
  expect((await server.install.patch(`/management/environments/${unknownId}`, { name: 'A' })).status).toBe(
    404,
  );
  expect((await server.install.get(`/management/environments/${unknownId}`)).status).toBe(404);
});

test('a deleted environment is gone from every read at once, its key is dead, a job erases its rows', async () => {
  const { id, client_id, api_key } = await create('Going');
  const api = createClient(server.url, api_key.value);
  await api.post('/organizations', { name: 'Inside' });
  expect((await server.install.delete(`/management/environments/${id}`)).status).toBe(202);
  expect((await server.install.delete(`/management/environments/${id}`)).status).toBe(404);
  expect((await server.install.get(`/management/environments/${id}`)).status).toBe(404);
  // The frame's look-up of environments may be a second old.
  await vi.waitFor(async () => expect((await api.get('/organizations')).status).toBe(401), {
    timeout: 3_000,
  });
  expect((await server.install.get(`/environments/${client_id}/organizations`)).status).toBe(404);
  server.startJobs();
  await vi.waitFor(async () => {
    const { rows } = await server.database.pool.query(
      `select (select count(*) from environment where id = $1) + (select count(*) from event where environment_id = $1)
        + (select count(*) from organization where environment_id = $1) as count`,
      [id],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });
});

test("an environment's key does not manage environments, and no key gets nowhere", async () => {
  for (const [client, status] of [
    [server.api, 403],
    [server.anonymous, 401],
  ] as const) {
    expect((await client.get('/management/environments')).status).toBe(status);
    expect((await client.post('/management/environments', { name: 'A', kind: 'sandbox' })).status).toBe(
      status,
    );
    expect((await client.get(`/management/environments/${server.id}`)).status).toBe(status);
    expect((await client.patch(`/management/environments/${server.id}`, { name: 'A' })).status).toBe(status);
    expect((await client.delete(`/management/environments/${server.id}`)).status).toBe(status);
  }
});

test('the path prefix names the environment of an install key, and must fit that of any other', async () => {
  const prefix = `/environments/${server.clientId}`;
  const made = await server.install.post(`${prefix}/organizations`, { name: 'By prefix' });
  expect(made.status).toBe(201);
  expect((await server.api.get(`/organizations/${made.body.id}`)).status).toBe(200);
  expect((await server.api.get(`${prefix}/organizations/${made.body.id}`)).status).toBe(200);
  expect((await server.other.api.get(`${prefix}/organizations/${made.body.id}`)).status).toBe(404);
  expect((await server.install.get('/organizations')).body.code).toBe('environment_required');
  expect((await server.install.get('/environments/client_nobody/organizations')).status).toBe(404);
});
