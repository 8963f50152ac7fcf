import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, makeUser } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';

const server = useServer();
const pathOf = (id: string) => `/user_management/users/${id}/identities`;

test('a user has no identities at first, and the answer is a bare list', async () => {
  const { status, body } = await server.api.get(pathOf(await makeUser(server.api)));
  expect([status, body]).toEqual([200, []]);
});

test('identities at OAuth providers are listed, oldest first; those of a connection are not', async () => {
  const id = await makeUser(server.api);
  const other = await makeUser(server.api);
  await inEnvironment(server, async (tx) => {
    for (const [userId, provider, connection] of [
      [id, 'GoogleOAuth', null],
      [other, 'GithubOAuth', null],
      [id, null, 'conn_01HZZZZZZZZZZZZZZZZZZZZZZZ'],
      [id, 'GithubOAuth', null],
    ]) {
      await tx.run(sql`
        insert into identity (environment_id, id, user_id, kind, provider, connection_id, idp_id, verified_by,
          created_at, updated_at)
        values (${tx.environmentId}, ${tx.newId('identity')}, ${userId}, ${provider ? 'oauth' : 'sso'}, ${provider},
          ${connection}, ${`at-${userId}`}, 'provider', ${tx.now}, ${tx.now})`);
    }
  });
  expect((await server.api.get(pathOf(id))).body).toEqual([
    { idp_id: `at-${id}`, type: 'OAuth', provider: 'GoogleOAuth' },
    { idp_id: `at-${id}`, type: 'OAuth', provider: 'GithubOAuth' },
  ]);
});

test("an unknown user and another environment's answer 404, no key 401", async () => {
  const id = await makeUser(server.api);
  expect((await server.other.api.get(pathOf(id))).status).toBe(404);
  expect((await server.api.get(pathOf('user_01HZZZZZZZZZZZZZZZZZZZZZZZ'))).status).toBe(404);
  expect((await server.anonymous.get(pathOf(id))).status).toBe(401);
});
