import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makeMembership, makeOrganization, makeUser } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/organization_memberships';
const unknownId = 'om_01HZZZZZZZZZZZZZZZZZZZZZZZ';

test('a membership is found by its id, with its user as they are now', async () => {
  const organization_id = await makeOrganization(server.api);
  const user_id = await makeUser(server.api, { metadata: { team: 'red' } });
  const { body: made } = await server.api.post(path, { organization_id, user_id });
  expect((await server.api.get(`${path}/${made.id}`)).body).toEqual(made);
  await server.api.put(`/user_management/users/${user_id}`, { first_name: 'Renamed' });
  const { body } = await server.api.get(`${path}/${made.id}`);
  expect(body.user).toEqual((await server.api.get(`/user_management/users/${user_id}`)).body);
  await server.api.put(`/organizations/${organization_id}`, { name: 'Renamed Corp' });
  expect((await server.api.get(`${path}/${made.id}`)).body.organization_name).toBe('Renamed Corp');
});

test('an unknown id answers 404 that names type and id', async () => {
  const response = await server.api.get(`${path}/${unknownId}`);
  expect(response.status).toBe(404);
  expect(response.body).toEqual({
    message: `Organization membership not found: '${unknownId}'.`,
    code: 'entity_not_found',
    entity_id: unknownId,
  });
});

test("another environment's membership answers as an unknown one does", async () => {
  const { id } = await makeMembership(server.api);
  const hidden = await server.other.api.get(`${path}/${id}`);
  const unknown = await server.other.api.get(`${path}/${unknownId}`);
  expect(hidden.status).toBe(404);
  expect({ ...hidden.body, entity_id: unknownId, message: unknown.body.message }).toEqual(unknown.body);
});

test('without a key nothing is told', async () => {
  expect((await server.anonymous.get(`${path}/${unknownId}`)).status).toBe(401);
});
