import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { testMasterKey, useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership, makeOrganization, makeRole, makeUser } from '../../../test/people.ts';
import { outcomeOf, refresh, sessionOf, signIn } from '../../../test/sign-in.ts';
import { sql } from '../../platform/database/sql.ts';
import { createEncryption, hashToken } from '../../platform/encryption.ts';
import { makeRefreshToken } from './refresh-tokens.ts';

const server = useServer();
const invalid = '400 invalid_grant';

/** Runs at a time that lies ahead; the clock goes back afterwards. */
async function atSeconds<Value>(seconds: number, work: () => Promise<Value>): Promise<Value> {
  server.clock.setOffset(seconds * 1_000);
  try {
    return await work();
  } finally {
    server.clock.setOffset(0);
  }
}

const day = 86_400;

test('a token is replaced when it is used, and the new one is good', async () => {
  const first = await signIn(server);
  const mark = await lastEvent(server.api);
  const second = await refresh(server, first.refresh_token);
  expect(second.status, JSON.stringify(second.body)).toBe(200);
  expect(Object.keys(second.body).sort()).toEqual([
    'access_token',
    'authentication_method',
    'refresh_token',
    'user',
  ]);
  expect(second.body).toMatchObject({ user: { id: first.user_id }, authentication_method: 'Password' });
  expect(second.body.refresh_token).not.toBe(first.refresh_token);
  expect(sessionOf(second.body.access_token)).toBe(first.session_id);
  expect(decodeJwt(second.body.access_token).jti).not.toBe(decodeJwt(first.access_token).jti);
  const third = await refresh(server, second.body.refresh_token);
  expect(third.status).toBe(200);
  expect(await server.eventNames(mark)).toEqual([]);
});

test('used again a second later, a token gets the same successor; eleven seconds later it ends the session (O-10)', async () => {
  const { refresh_token: token, session_id: id } = await signIn(server);
  const first = await refresh(server, token);
  const again = await atSeconds(1, () => refresh(server, token));
  expect(again.body.refresh_token).toBe(first.body.refresh_token);
  const mark = await lastEvent(server.api);
  const late = await atSeconds(11, () => refresh(server, token));
  expect(late.status).toBe(400);
  expect(late.body).toEqual({ error: 'invalid_grant', error_description: expect.any(String) });
  expect(outcomeOf(await refresh(server, first.body.refresh_token))).toBe(invalid);
  const { body } = await server.api.get(`/events?after=${mark}`);
  expect(body.data).toMatchObject([
    { event: 'session.revoked', data: { id, status: 'revoked', ended_at: expect.any(String) } },
  ]);
});

test('the grace is that of the last rotation: a token two before the valid one ends the session at once', async () => {
  const { refresh_token: token } = await signIn(server);
  const second = await refresh(server, token);
  const third = await refresh(server, second.body.refresh_token);
  expect(outcomeOf(await refresh(server, token))).toBe(invalid);
  expect(outcomeOf(await refresh(server, third.body.refresh_token))).toBe(invalid);
});

test('50 at once with one token, over two nodes, make one lineage (O-10)', async () => {
  const other = await server.startNode();
  const { refresh_token: token } = await signIn(server);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      refresh(server, token, {}, index % 2 === 0 ? server.anonymous : other.api),
    ),
  );
  expect(answers.map(outcomeOf)).toEqual(answers.map(() => '200'));
  const successors = new Set(answers.map(({ body }) => body.refresh_token));
  expect(successors.size).toBe(1);
  expect(outcomeOf(await refresh(server, [...successors][0]))).toBe('200');
});

test('a master key that is rotated within the grace changes nothing for anybody', async () => {
  const ring = [{ id: 'k2', key: Buffer.alloc(32, 8) }, testMasterKey];
  const rotated = await server.startNode(createEncryption(ring));
  const { refresh_token: token } = await signIn(server);
  const before = await refresh(server, token);
  const after = await refresh(server, token, {}, rotated.api);
  expect(after.body.refresh_token).toBe(before.body.refresh_token);
  const next = await refresh(server, before.body.refresh_token, {}, rotated.api);
  expect(outcomeOf(next)).toBe('200');
  // Made with the new key, which only the rotated node has: it alone can answer the successor again.
  const again = await refresh(server, before.body.refresh_token, {}, rotated.api);
  expect(again.body.refresh_token).toBe(next.body.refresh_token);
  expect(outcomeOf(await refresh(server, next.body.refresh_token, {}, rotated.api))).toBe('200');
});

test('text that is no token of ours changes nothing, also with the id of a session that is on', async () => {
  const { refresh_token: token, session_id: id } = await signIn(server);
  const stranger = createEncryption([{ id: 'k1', key: randomBytes(32) }]);
  const flip = (at: number) => {
    const letter = token[at] === 'A' ? 'B' : 'A';
    return token.slice(0, at) + letter + token.slice(at + 1);
  };
  const invented = [
    'unknown',
    token.slice(0, -1),
    `${token}A`,
    ` ${token}`,
    token.toLowerCase(),
    flip(30),
    flip(68),
    flip(token.length - 3),
    makeRefreshToken(stranger, id).token,
    `${id.slice('session_'.length)}${'A'.repeat(65)}`,
    `${id.slice('session_'.length)}${token.slice(26, 69)}${'A'.repeat(22)}`,
    `01HZZZZZZZZZZZZZZZZZZZZZZZ${token.slice(26)}`,
    'é'.repeat(91),
    '../../etc/passwd',
  ];
  for (const text of invented) expect(outcomeOf(await refresh(server, text)), text).toBe(invalid);
  for (const odd of ['', 'x'.repeat(501), 7, null, { a: 1 }]) {
    expect((await refresh(server, token, { refresh_token: odd })).status).toBe(422);
  }
  expect(outcomeOf(await refresh(server, token))).toBe('200');
});

test('a token is good in its environment only', async () => {
  const { refresh_token: token } = await signIn(server);
  const elsewhere = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  expect(outcomeOf(await refresh(server, token, elsewhere))).toBe(invalid);
  expect(outcomeOf(await refresh(server, token))).toBe('200');
});

test('only hashes of tokens are stored', async () => {
  const { refresh_token: token, session_id: id } = await signIn(server);
  const { body } = await refresh(server, token);
  const row = await server.database.one<{ row: string; refresh_hash: Buffer }>(
    sql`select s::text as row, refresh_hash from session s where id = ${id}`,
  );
  for (const secret of [token, body.refresh_token]) expect(row.row).not.toContain(secret.slice(26, 69));
  expect(row.refresh_hash).toEqual(hashToken(body.refresh_token));
});

test('the organization is switched, and stays what it was switched to', async () => {
  const { user_id: userId, organization_id: first } = await makeMembership(server.api);
  const { organization_id: second } = await makeMembership(server.api, { user_id: userId });
  await server.api.put(`/user_management/users/${userId}`, { email_verified: true });
  const { refresh_token: token, session_id: id } = await signIn(server, { userId, organizationId: first });
  const switched = await refresh(server, token, { organization_id: second });
  expect(switched.body.organization_id).toBe(second);
  expect(decodeJwt(switched.body.access_token)).toMatchObject({ org_id: second, sid: id });
  const stayed = await refresh(server, switched.body.refresh_token, { organization_id: null });
  expect(stayed.body.organization_id).toBe(second);
  const { body } = await server.api.get(`/user_management/users/${userId}/sessions`);
  expect(body.data).toMatchObject([{ id, organization_id: second }]);
});

test('an organization that cannot be switched to is refused, and the token stays good', async () => {
  const made = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const { refresh_token: token } = await signIn(server, {
    userId: made.user_id,
    organizationId: made.organization_id,
  });
  const left = await makeMembership(server.api, { user_id: made.user_id });
  await server.api.put(`/user_management/organization_memberships/${left.id}/deactivate`);
  const foreign = await makeOrganization(server.other.api);
  const refusals: [string, string][] = [
    [left.organization_id, 'organization_membership_not_found'],
    [await makeOrganization(server.api), 'organization_membership_not_found'],
    [foreign, 'organization_not_found'],
    ['org_unknown', 'organization_not_found'],
  ];
  for (const [organization_id, error] of refusals) {
    const refused = await refresh(server, token, { organization_id });
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({ error, error_description: expect.any(String) });
  }
  const good = await refresh(server, token);
  expect(good.body.organization_id).toBe(made.organization_id);
  // Within the grace the same holds for the token before the valid one.
  expect(outcomeOf(await refresh(server, token, { organization_id: 'org_unknown' }))).toBe(
    '400 organization_not_found',
  );
  expect(outcomeOf(await refresh(server, good.body.refresh_token))).toBe('200');
});

test('roles are those of the moment (O-11)', async () => {
  await makeRole(server, { slug: 'admin', priority: -1 });
  const made = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const session = await signIn(server, { userId: made.user_id, organizationId: made.organization_id });
  expect(decodeJwt(session.access_token)).toMatchObject({ role: 'member', roles: ['member'] });
  await server.api.put(`/user_management/organization_memberships/${made.id}`, { role_slug: 'admin' });
  const { body } = await refresh(server, session.refresh_token);
  expect(decodeJwt(body.access_token)).toMatchObject({ role: 'admin', roles: ['admin'] });
});

const endings: [
  string,
  (of: { userId: string; membership: string; organization: string; session: string }) => Promise<unknown>,
][] = [
  [
    'the session is revoked',
    ({ session }) => server.api.post('/user_management/sessions/revoke', { session_id: session }),
  ],
  [
    'the session is signed out',
    ({ session }) => server.anonymous.get(`/user_management/sessions/logout?session_id=${session}`),
  ],
  [
    'the membership is deactivated',
    ({ membership }) => server.api.put(`/user_management/organization_memberships/${membership}/deactivate`),
  ],
  [
    'the membership is deleted',
    ({ membership }) => server.api.delete(`/user_management/organization_memberships/${membership}`),
  ],
  ['the organization is deleted', ({ organization }) => server.api.delete(`/organizations/${organization}`)],
  ['the user is deleted', ({ userId }) => server.api.delete(`/user_management/users/${userId}`)],
];

test.each(endings)(
  'once %s, the next refresh is refused on every node, and one session.revoked is told (O-11, R-12)',
  async (_, end) => {
    const node = await server.startNode();
    const made = await makeMembership(server.api);
    await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
    const session = await signIn(server, { userId: made.user_id, organizationId: made.organization_id });
    const mark = await lastEvent(server.api);
    await end({
      userId: made.user_id,
      membership: made.id,
      organization: made.organization_id,
      session: session.session_id,
    });
    expect(outcomeOf(await refresh(server, session.refresh_token, {}, node.api))).toBe(invalid);
    expect(outcomeOf(await refresh(server, session.refresh_token))).toBe(invalid);
    const names = await server.eventNames(mark);
    expect(names.filter((name) => name.startsWith('session.'))).toEqual(['session.revoked']);
  },
);

test('losing the organization ends the session too for a client that names it, as SDKs do', async () => {
  const made = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const { user_id: userId, organization_id: organizationId } = made;
  const session = await signIn(server, { userId, organizationId });
  await server.api.delete(`/organizations/${organizationId}`);
  expect(outcomeOf(await refresh(server, session.refresh_token, { organization_id: organizationId }))).toBe(
    invalid,
  );
  expect((await server.api.get(`/user_management/users/${userId}/sessions`)).body.data).toEqual([]);
});

test('a refresh that is told of the end of a membership elsewhere goes on where the session is', async () => {
  const made = await makeMembership(server.api);
  const left = await makeMembership(server.api, { user_id: made.user_id });
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const session = await signIn(server, { userId: made.user_id, organizationId: made.organization_id });
  await server.api.delete(`/user_management/organization_memberships/${left.id}`);
  expect(outcomeOf(await refresh(server, session.refresh_token))).toBe('200');
});

test('a session ends when it is not refreshed for seven days; each refresh begins them anew', async () => {
  const kept = await signIn(server);
  const lost = await signIn(server);
  const mark = await lastEvent(server.api);
  const next = await atSeconds(6.9 * day, () => refresh(server, kept.refresh_token));
  expect(outcomeOf(next)).toBe('200');
  expect(await atSeconds(7 * day, async () => outcomeOf(await refresh(server, lost.refresh_token)))).toBe(
    invalid,
  );
  expect(
    await atSeconds(13.8 * day, async () => outcomeOf(await refresh(server, next.body.refresh_token))),
  ).toBe('200');
  // A session that ran out was not revoked: nothing is told of it.
  expect(await server.eventNames(mark)).toEqual([]);
});

test('a session ends thirty days after its sign-in, however often it is refreshed', async () => {
  let { refresh_token: token } = await signIn(server);
  for (const days of [5, 10, 15, 20, 25, 29.9]) {
    const { status, body } = await atSeconds(days * day, () => refresh(server, token));
    expect(status, String(days)).toBe(200);
    token = body.refresh_token;
  }
  expect(await atSeconds(30 * day, async () => outcomeOf(await refresh(server, token)))).toBe(invalid);
});

test('both lengths are settings of the environment; a shorter inactivity counts from the next refresh', async () => {
  const settings = { sessions: { maximum_length_seconds: 3_600, inactivity_seconds: 600 } };
  const environment = await server.addEnvironment('sandbox');
  const stage = { ...server, ...environment };
  await environment.api.patch('/management/settings', settings);
  const userId = await makeUser(environment.api, { email_verified: true });
  const idle = await signIn(stage, { userId, environmentId: environment.id });
  expect(await atSeconds(601, async () => outcomeOf(await refresh(stage, idle.refresh_token)))).toBe(invalid);
  let { refresh_token: token } = await signIn(stage, { userId, environmentId: environment.id });
  for (let seconds = 500; seconds < 3_600; seconds += 500) {
    token = (await atSeconds(seconds, () => refresh(stage, token))).body.refresh_token;
  }
  expect(await atSeconds(3_600, async () => outcomeOf(await refresh(stage, token)))).toBe(invalid);
});

test('a user who was changed is answered as they are now', async () => {
  const session = await signIn(server);
  await server.api.put(`/user_management/users/${session.user_id}`, { first_name: 'Changed' });
  const { body } = await refresh(server, session.refresh_token);
  expect(body.user).toMatchObject({ id: session.user_id, first_name: 'Changed' });
});
