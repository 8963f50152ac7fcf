import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();

test('the organization and its domains are gone, each with its event, and the ids are free again', async () => {
  const input = {
    name: 'Going',
    external_id: 'going',
    domain_data: [{ domain: 'going-corp.com', state: 'verified' }],
  };
  const { body: made } = await server.api.post('/organizations', input);
  const mark = (await server.api.get('/events?order=desc&limit=1')).body.data[0].id;
  const response = await server.api.delete(`/organizations/${made.id}`);
  expect([response.status, response.body]).toEqual([202, '']);
  expect((await server.api.get(`/organizations/${made.id}`)).status).toBe(404);
  expect((await server.api.get(`/organization_domains/${made.domains[0].id}`)).status).toBe(404);
  expect(await server.eventNames(mark)).toEqual(['organization_domain.deleted', 'organization.deleted']);
  expect((await server.api.post('/organizations', input)).status).toBe(201);
});

test('a second time, an unknown id and another environment answer 404 and emit nothing', async () => {
  const { body: made } = await server.api.post('/organizations', { name: 'Once' });
  expect((await server.other.api.delete(`/organizations/${made.id}`)).status).toBe(404);
  expect((await server.api.get(`/organizations/${made.id}`)).status).toBe(200);
  await server.api.delete(`/organizations/${made.id}`);
  const mark = (await server.api.get('/events?order=desc&limit=1')).body.data[0].id;
  expect((await server.api.delete(`/organizations/${made.id}`)).status).toBe(404);
  expect(await server.eventNames(mark)).toEqual([]);
});

test('without a key nothing is deleted', async () => {
  const { body: made } = await server.api.post('/organizations', { name: 'Safe' });
  expect((await server.anonymous.delete(`/organizations/${made.id}`)).status).toBe(401);
});
