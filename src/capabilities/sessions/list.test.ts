import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makeMembership, makeUser } from '../../../test/people.ts';
import { signIn } from '../../../test/sign-in.ts';

const server = useServer();
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const pathOf = (userId: string, query = '') => `/user_management/users/${userId}/sessions${query}`;

test('a session is told whole, and without organization when it has none', async () => {
  const { user_id: userId, session_id: id } = await signIn(server);
  const { status, body } = await server.api.get(pathOf(userId));
  expect(status).toBe(200);
  expect(body).toEqual({
    object: 'list',
    data: [
      {
        object: 'session',
        id,
        user_id: userId,
        status: 'active',
        auth_method: 'password',
        ip_address: '203.0.113.7',
        user_agent: 'Browser',
        expires_at: timestamp,
        ended_at: null,
        created_at: timestamp,
        updated_at: timestamp,
      },
    ],
    list_metadata: { before: null, after: null },
  });
  const [session] = body.data;
  expect(Date.parse(session.expires_at) - Date.parse(session.created_at)).toBe(30 * 86_400_000);
  const made = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  await signIn(server, { userId: made.user_id });
  const { body: other } = await server.api.get(pathOf(made.user_id));
  expect(other.data[0].organization_id).toBe(made.organization_id);
});

test('only sessions that are on are listed, newest first, in pages', async () => {
  const userId = await makeUser(server.api, { email_verified: true });
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.unshift((await signIn(server, { userId })).session_id);
  await server.api.post('/user_management/sessions/revoke', { session_id: ids[0] });
  await server.anonymous.get(`/user_management/sessions/logout?session_id=${ids[4]}`);
  const live = ids.slice(1, 4);
  const listed = async (query = '') => {
    const { body } = await server.api.get(pathOf(userId, query));
    return { ids: body.data.map(({ id }: { id: string }) => id), ...body.list_metadata };
  };
  expect((await listed()).ids).toEqual(live);
  expect((await listed('?order=asc')).ids).toEqual(live.toReversed());
  expect(await listed('?limit=2')).toEqual({ ids: live.slice(0, 2), before: null, after: live[1] });
  expect((await listed(`?limit=2&after=${live[1]}`)).ids).toEqual(live.slice(2));
  expect((await listed(`?before=${live[2]}`)).ids).toEqual(live.slice(0, 2));
  // A session that ended since it was listed is still a place in the order.
  expect((await listed(`?after=${ids[0]}`)).ids).toEqual(live);
  server.clock.setOffset(7 * 86_400_000);
  expect((await listed()).ids).toEqual([]);
  server.clock.setOffset(0);
});

test("another user's cursor, and one of nobody, are refused", async () => {
  const [mine, theirs] = [await signIn(server), await signIn(server)];
  for (const cursor of [theirs.session_id, 'session_unknown', mine.user_id]) {
    const { status, body } = await server.api.get(pathOf(mine.user_id, `?after=${cursor}`));
    expect([status, body.code], cursor).toEqual([422, 'invalid_request_parameters']);
  }
});

test("an unknown user and another environment's look alike", async () => {
  const { user_id: userId } = await signIn(server);
  for (const [api, id] of [
    [server.other.api, userId],
    [server.api, 'user_unknown'],
  ] as const) {
    const { status, body } = await api.get(pathOf(id));
    expect([status, body.code, body.entity_id]).toEqual([404, 'entity_not_found', id]);
  }
});
