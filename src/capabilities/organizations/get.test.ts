import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const unknownId = 'org_01HZZZZZZZZZZZZZZZZZZZZZZZ';

test('an organization is found by its id and by the id of the caller', async () => {
  const { body: made } = await server.api.post('/organizations', { name: 'Found', external_id: 'crm/17' });
  const byId = await server.api.get(`/organizations/${made.id}`);
  const byExternalId = await server.api.get(`/organizations/external_id/${encodeURIComponent('crm/17')}`);
  expect(byId.status).toBe(200);
  expect(byId.body).toEqual(made);
  expect(byExternalId.body).toEqual(made);
});

test('an unknown id answers 404 that names type and id', async () => {
  const response = await server.api.get(`/organizations/${unknownId}`);
  expect(response.status).toBe(404);
  expect(response.body).toEqual({
    message: `Organization not found: '${unknownId}'.`,
    code: 'entity_not_found',
    entity_id: unknownId,
  });
  expect((await server.api.get('/organizations/external_id/nobody')).status).toBe(404);
});

test("another environment's organization answers as an unknown one does", async () => {
  const { body: made } = await server.api.post('/organizations', { name: 'Hidden', external_id: 'hidden' });
  const hidden = await server.other.api.get(`/organizations/${made.id}`);
  const unknown = await server.other.api.get(`/organizations/${unknownId}`);
  expect(hidden.status).toBe(404);
  expect({ ...hidden.body, entity_id: unknownId, message: unknown.body.message }).toEqual(unknown.body);
  expect((await server.other.api.get('/organizations/external_id/hidden')).status).toBe(404);
});

test('without a key nothing is told', async () => {
  expect((await server.anonymous.get(`/organizations/${unknownId}`)).status).toBe(401);
});
