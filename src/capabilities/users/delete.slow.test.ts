import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { freshPassword, refresh, signIn } from '../../../test/passwords.ts';
import { lastEvent, makeMembership } from '../../../test/people.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();
const path = '/user_management/users';

test('the user is gone with memberships and sessions, each with its event; the address is free again', async () => {
  const password = freshPassword();
  const input = { email: 'going@example.com', external_id: 'going', password, email_verified: true };
  const { body: made } = await server.api.post(path, input);
  await makeMembership(server.api, { user_id: made.id });
  const { body: session } = await signIn(server, made.email, password);
  await server.api.post('/user_management/password_reset', { email: made.email });
  const { body: current } = await server.api.get(`${path}/${made.id}`);
  const mark = await lastEvent(server.api);
  const response = await server.api.delete(`${path}/${made.id}`);
  expect([response.status, response.body]).toEqual([200, '']);
  expect((await server.api.get(`${path}/${made.id}`)).status).toBe(404);
  const names = await server.eventNames(mark);
  expect(names.at(-1)).toBe('user.deleted');
  expect(names.toSorted()).toEqual(['organization_membership.deleted', 'session.revoked', 'user.deleted']);
  const { body } = await server.api.get('/events?order=desc&limit=1');
  expect(body.data[0].data).toEqual(current);
  expect((await refresh(server, session.refresh_token)).status).toBe(400);
  expect((await signIn(server, made.email, password)).body.code).toBe('invalid_credentials');
  expect((await server.api.post(path, input)).status).toBe(201);
});

test('nothing of the user stays behind in any table of theirs', async () => {
  const { body: made } = await server.api.post(path, {
    email: 'traces@example.com',
    password: freshPassword(),
  });
  await server.api.post(`${path}/${made.id}/email_verification/send`);
  await server.api.post('/user_management/password_reset', { email: made.email });
  await server.api.delete(`${path}/${made.id}`);
  const tables = await server.database.many<{ table_name: string }>(sql`
    select table_name from information_schema.columns where table_schema = 'public' and column_name = 'user_id'`);
  expect(tables.length).toBeGreaterThan(5);
  for (const { table_name } of tables) {
    const { rows } = await server.database.pool.query(`select 1 from "${table_name}" where user_id = $1`, [
      made.id,
    ]);
    expect(rows, table_name).toEqual([]);
  }
});

test('a second time, an unknown id and another environment answer 404 and emit nothing', async () => {
  const { body: made } = await server.api.post(path, { email: 'once@example.com' });
  expect((await server.other.api.delete(`${path}/${made.id}`)).status).toBe(404);
  expect((await server.api.get(`${path}/${made.id}`)).status).toBe(200);
  await server.api.delete(`${path}/${made.id}`);
  const mark = await lastEvent(server.api);
  expect((await server.api.delete(`${path}/${made.id}`)).status).toBe(404);
  expect((await server.api.delete(`${path}/user_01HZZZZZZZZZZZZZZZZZZZZZZZ`)).status).toBe(404);
  expect(await server.eventNames(mark)).toEqual([]);
});

test('of two deletions on two nodes at once, one deletes and one finds nobody', async () => {
  const second = await server.startNode();
  for (let round = 0; round < 5; round += 1) {
    const { body: made } = await server.api.post(path, { email: `twice${round}@example.com` });
    const answers = await Promise.all(
      [server.api, second.api].map((api) => api.delete(`${path}/${made.id}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  }
});

test('without a key nobody is deleted', async () => {
  const { body: made } = await server.api.post(path, { email: 'safe@example.com' });
  expect((await server.anonymous.delete(`${path}/${made.id}`)).status).toBe(401);
  expect((await server.api.get(`${path}/${made.id}`)).status).toBe(200);
});
