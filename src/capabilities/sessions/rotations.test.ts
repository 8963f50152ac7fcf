import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makeMembership, makeUser } from '../../../test/people.ts';
import { outcomeOf, refresh, signIn } from '../../../test/sign-in.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();

async function makeMember(): Promise<{ userId: string; organizationId: string }> {
  const made = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  return { userId: made.user_id, organizationId: made.organization_id };
}

test('many sessions of two environments, refreshed at once, each go on as they were', async () => {
  const elsewhere = { ...server, ...server.other };
  const sessions = [];
  for (let index = 0; index < 20; index += 1) {
    const isHere = index % 2 === 0;
    const stage = isHere ? server : elsewhere;
    const member = isHere ? await makeMember() : null;
    const userId = member?.userId ?? (await makeUser(stage.api, { email_verified: true }));
    const organizationId = member?.organizationId ?? null;
    const session = await signIn(stage, { userId, organizationId, environmentId: stage.id });
    sessions.push({ stage, session, organizationId });
  }
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.all(
      sessions.map(({ stage, session }) => refresh(stage, session.refresh_token)),
    );
    for (const [index, { session, organizationId }] of sessions.entries()) {
      const { status, body } = answers[index] ?? expect.fail('no answer');
      expect(status, JSON.stringify(body)).toBe(200);
      expect(body.user.id).toBe(session.user_id);
      expect(decodeJwt(body.access_token)).toMatchObject({ sid: session.session_id, sub: session.user_id });
      expect(decodeJwt(body.access_token)['org_id'] ?? null).toBe(organizationId);
      session.refresh_token = body.refresh_token;
    }
  }
  const { commits } = await server.database.one<{ commits: number }>(sql`
    select count(distinct xmin::text)::int as commits from session
    where id = any(${sessions.map(({ session }) => session.session_id)})`);
  expect(commits).toBeLessThan(sessions.length);
});

test('one token in two environments at once is good in its own alone', async () => {
  const elsewhere = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  const { refresh_token: token } = await signIn(server);
  const answers = await Promise.all([
    refresh(server, token, elsewhere),
    refresh(server, token),
    refresh(server, token, elsewhere),
  ]);
  expect(answers.map(outcomeOf)).toEqual(['400 invalid_grant', '200', '400 invalid_grant']);
});

test('one token at once for different organizations is answered for each, with one successor', async () => {
  const { userId, organizationId } = await makeMember();
  const other = (await makeMembership(server.api, { user_id: userId })).organization_id;
  const { refresh_token: token } = await signIn(server, { userId, organizationId });
  const wanted = [organizationId, other, organizationId, other];
  const answers = await Promise.all(
    wanted.map((organization_id) => refresh(server, token, { organization_id })),
  );
  expect(answers.map(outcomeOf)).toEqual(wanted.map(() => '200'));
  expect(answers.map(({ body }) => body.organization_id)).toEqual(wanted);
  expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
});

test('a session that somebody holds waits for them, and nobody else does', async () => {
  const held = await signIn(server);
  const free = await signIn(server);
  let waiting: Promise<unknown> | undefined;
  await server.database.transaction(async (db) => {
    await db.run(sql`select from session where id = ${held.session_id} for update`);
    waiting = refresh(server, held.refresh_token).then(outcomeOf);
    expect(outcomeOf(await refresh(server, free.refresh_token))).toBe('200');
    await db.run(sql`update session set user_agent = 'held' where id = ${held.session_id}`);
  });
  expect(await waiting).toBe('200');
});

test('a session that ends while its refresh waits is refreshed no more', async () => {
  const { refresh_token: token, session_id: id } = await signIn(server);
  let waiting: Promise<unknown> | undefined;
  await server.database.transaction(async (db) => {
    await db.run(sql`update session set ended_at = now() where id = ${id}`);
    waiting = refresh(server, token).then(outcomeOf);
    // Answered after the one before: that has been asked by now.
    await refresh(server, 'unknown');
  });
  expect(await waiting).toBe('400 invalid_grant');
});

test('a refresh that is repeated with its Idempotency-Key is answered as at first, however late', async () => {
  const { refresh_token: token } = await signIn(server);
  const send = () =>
    server.api.post(
      '/user_management/authenticate',
      {
        client_id: server.clientId,
        client_secret: server.apiKey,
        grant_type: 'refresh_token',
        refresh_token: token,
      },
      { headers: { 'idempotency-key': `refresh-${token.slice(0, 26)}` } },
    );
  const first = await send();
  expect(first.status).toBe(200);
  server.clock.setOffset(60_000);
  try {
    expect((await send()).body).toEqual(first.body);
    expect(outcomeOf(await refresh(server, first.body.refresh_token))).toBe('200');
  } finally {
    server.clock.setOffset(0);
  }
});
