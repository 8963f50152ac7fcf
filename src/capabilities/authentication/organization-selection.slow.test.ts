import { decodeJwt } from 'jose';
import { expect, test, vi } from 'vitest';
import type { TestResponse } from '../../../test/client.ts';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership, makeOrganization } from '../../../test/people.ts';
import { authenticate, giveCode, grants, makePerson, outcomeOf, redeem } from '../../../test/sign-in.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();
const invalidToken = '400 invalid_pending_authentication_token';

interface Asked {
  userId: string;
  organizations: string[];
  token: string;
  body: TestResponse['body'];
}

/** Somebody who belongs to two organizations and is asked which. */
async function asked(): Promise<Asked> {
  const { id: userId } = await makePerson(server.api, { password: undefined });
  const organizations = [];
  for (const name of ['Zebra', 'Antelope']) {
    const organization_id = await makeOrganization(server.api, name);
    await makeMembership(server.api, { user_id: userId, organization_id });
    organizations.push(organization_id);
  }
  const { body } = await redeem(server, await giveCode(server, { userId }));
  return { userId, organizations, token: body.pending_authentication_token, body };
}

const choose = (organizationId: string, token: string, fields: object = {}): Promise<TestResponse> =>
  authenticate(server, {
    grant_type: grants.organization,
    organization_id: organizationId,
    pending_authentication_token: token,
    ...fields,
  });

test('who belongs to several organizations is asked which, with their names', async () => {
  const { userId, organizations, body } = await asked();
  expect(body).toEqual({
    code: 'organization_selection_required',
    message: expect.any(String),
    pending_authentication_token: expect.any(String),
    user: expect.objectContaining({ object: 'user', id: userId }),
    organizations: expect.arrayContaining([
      { id: organizations[0], name: 'Zebra' },
      { id: organizations[1], name: 'Antelope' },
    ]),
  });
  expect(body.organizations).toHaveLength(2);
  expect(body.user).not.toHaveProperty('metadata');
});

test('the chosen one is that of the session and of its tokens; the token is spent', async () => {
  const { userId, organizations, token } = await asked();
  const [chosen = ''] = organizations;
  const mark = await lastEvent(server.api);
  const { status, body } = await choose(chosen, token);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({ organization_id: chosen, user: { id: userId } });
  expect(decodeJwt(body.access_token)).toMatchObject({ org_id: chosen, role: 'member', roles: ['member'] });
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([{ event: 'session.created', data: { organization_id: chosen } }]);
  expect(outcomeOf(await choose(chosen, token))).toBe(invalidToken);
});

test('organizations that are not theirs are refused, and the token stays good', async () => {
  const { userId, organizations, token } = await asked();
  const left = await makeMembership(server.api, { user_id: userId });
  await server.api.put(`/user_management/organization_memberships/${left.id}/deactivate`);
  const foreign = await makeOrganization(server.other.api);
  const strangers = [await makeOrganization(server.api), foreign, left.organization_id, 'org_unknown', "'--"];
  for (const organization of strangers) {
    const { status, body } = await choose(organization, token);
    expect(status, organization).toBe(400);
    expect(body).toEqual({ code: 'invalid_organization_id', message: expect.any(String) });
  }
  expect(outcomeOf(await choose(organizations[1] ?? '', token))).toBe('200');
});

test('a deleted organization cannot be chosen, also before its members are cleared away', async () => {
  const { organizations, token } = await asked();
  await server.api.delete(`/organizations/${organizations[0]}`);
  expect(outcomeOf(await choose(organizations[0] ?? '', token))).toBe('400 invalid_organization_id');
  expect(outcomeOf(await choose(organizations[1] ?? '', token))).toBe('200');
});

test('the token is bound to its environment and lives ten minutes', async () => {
  const { organizations, token } = await asked();
  const elsewhere = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  expect(outcomeOf(await choose(organizations[0] ?? '', token, elsewhere))).toBe(invalidToken);
  expect(outcomeOf(await choose(organizations[0] ?? '', `${token}x`))).toBe(invalidToken);
  server.clock.setOffset(10 * 60_000);
  expect(outcomeOf(await choose(organizations[0] ?? '', token))).toBe(invalidToken);
  server.clock.setOffset(0);
  expect(outcomeOf(await choose(organizations[0] ?? '', token))).toBe('200');
});

test('what the old password began is over once the password is reset: pending tokens and codes', async () => {
  const { userId, organizations, token } = await asked();
  const code = await giveCode(server, { userId });
  const { body: user } = await server.api.get(`/user_management/users/${userId}`);
  const { body: reset } = await server.api.post('/user_management/password_reset', { email: user.email });
  const confirmed = await server.api.post('/user_management/password_reset/confirm', {
    token: reset.password_reset_token,
    new_password: 'a wholly different phrase 42',
  });
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  expect(outcomeOf(await choose(organizations[0] ?? '', token))).toBe(invalidToken);
  expect(outcomeOf(await redeem(server, code))).toBe('400 invalid_grant');
});

test('both choices at once, over two nodes: one is made', async () => {
  const second = await server.startNode();
  const { userId, organizations, token } = await asked();
  const answers = await Promise.all(
    organizations.map((organization_id, index) =>
      authenticate(
        server,
        { grant_type: grants.organization, organization_id, pending_authentication_token: token },
        index === 0 ? server.anonymous : second.api,
      ),
    ),
  );
  expect(answers.map(outcomeOf).sort()).toEqual(['200', invalidToken]);
  const { body } = await server.api.get(`/user_management/users/${userId}/sessions`);
  expect(body.data).toHaveLength(1);
});

test('missing fields are named', async () => {
  const { status, body } = await authenticate(server, { grant_type: grants.organization });
  expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
  expect(body.errors).toMatchObject([
    { field: 'pending_authentication_token', code: 'required' },
    { field: 'organization_id', code: 'required' },
  ]);
});

test('a membership that ends while somebody signs in is none of the session that begins', async () => {
  const { id: userId } = await makePerson(server.api, { password: undefined });
  const organization_id = await makeOrganization(server.api);
  const { id } = await makeMembership(server.api, { user_id: userId, organization_id });
  const code = await giveCode(server, { userId });
  const waiting = () =>
    server.database.one<{ count: number }>(sql`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
  const signingIn = await server.database.transaction(async (db) => {
    await db.run(sql`update membership set status = 'inactive' where id = ${id}`);
    const answer = redeem(server, code);
    await vi.waitFor(async () => expect(await waiting()).toEqual({ count: 1 }), { timeout: 20_000 });
    return { answer };
  });
  const { status, body } = await signingIn.answer;
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).not.toHaveProperty('organization_id');
  expect(decodeJwt(body.access_token)).not.toHaveProperty('org_id');
});
