import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const path = '/user_management/users';
const unknownId = 'user_01HZZZZZZZZZZZZZZZZZZZZZZZ';

test('a user is found by id and by the id of the caller', async () => {
  const { body: made } = await server.api.post(path, { email: 'found@example.com', external_id: 'crm/17' });
  const byId = await server.api.get(`${path}/${made.id}`);
  const byExternalId = await server.api.get(`${path}/external_id/${encodeURIComponent('crm/17')}`);
  expect([byId.status, byId.body]).toEqual([200, made]);
  expect([byExternalId.status, byExternalId.body]).toEqual([200, made]);
});

test('an unknown id answers 404 that names type and id', async () => {
  const response = await server.api.get(`${path}/${unknownId}`);
  expect(response.status).toBe(404);
  expect(response.body).toEqual({
    message: `User not found: '${unknownId}'.`,
    code: 'entity_not_found',
    entity_id: unknownId,
  });
  expect((await server.api.get(`${path}/external_id/nobody`)).status).toBe(404);
});

test("another environment's user answers as an unknown one does", async () => {
  const { body: made } = await server.api.post(path, { email: 'hidden@example.com', external_id: 'hidden' });
  const hidden = await server.other.api.get(`${path}/${made.id}`);
  const unknown = await server.other.api.get(`${path}/${unknownId}`);
  expect(hidden.status).toBe(404);
  expect({ ...hidden.body, entity_id: unknownId, message: unknown.body.message }).toEqual(unknown.body);
  expect((await server.other.api.get(`${path}/external_id/hidden`)).status).toBe(404);
});

test('without a key nothing is told', async () => {
  expect((await server.anonymous.get(`${path}/${unknownId}`)).status).toBe(401);
  expect((await server.anonymous.get(`${path}/external_id/hidden`)).status).toBe(401);
});
