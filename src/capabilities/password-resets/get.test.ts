import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makeUser } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/password_reset';

test('a reset is found with its token and link, in its own environment alone', async () => {
  await makeUser(server.api, { email: 'found@example.com' });
  const { body: made } = await server.api.post(path, { email: 'found@example.com' });
  const { status, body } = await server.api.get(`${path}/${made.id}`);
  expect([status, body]).toEqual([200, made]);
  expect((await server.other.api.get(`${path}/${made.id}`)).status).toBe(404);
  expect((await server.anonymous.get(`${path}/${made.id}`)).status).toBe(401);
});

test('an unknown id answers 404 that names type and id', async () => {
  const id = 'password_reset_01HZZZZZZZZZZZZZZZZZZZZZZZ';
  const { status, body } = await server.api.get(`${path}/${id}`);
  expect(status).toBe(404);
  expect(body).toEqual({
    message: `Password reset not found: '${id}'.`,
    code: 'entity_not_found',
    entity_id: id,
  });
});

test('what is stored of the token is a hash and a sealed text', async () => {
  await makeUser(server.api, { email: 'stored@example.com' });
  const { body: made } = await server.api.post(path, { email: 'stored@example.com' });
  const { rows } = await server.database.pool.query<{ row: string }>(
    'select t::text as row from password_reset t where id = $1',
    [made.id],
  );
  const hex = Buffer.from(made.password_reset_token).toString('hex');
  expect(rows[0]?.row).not.toContain(made.password_reset_token);
  expect(rows[0]?.row).not.toContain(hex);
});
