import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership, makeUser } from '../../../test/people.ts';
import {
  giveCode,
  grants,
  authenticate,
  makePerson,
  makeVerifier,
  outcomeOf,
  redeem,
  refresh,
  sessionOf,
} from '../../../test/sign-in.ts';

const server = useServer();
const verified = () => makeUser(server.api, { email_verified: true });

const minute = 60_000;

async function atMinutes<Value>(minutes: number, work: () => Promise<Value>): Promise<Value> {
  server.clock.setOffset(minutes * minute);
  try {
    return await work();
  } finally {
    server.clock.setOffset(0);
  }
}

test('a code is redeemed for the session that the sign-in on our pages was for', async () => {
  const userId = await verified();
  const mark = await lastEvent(server.api);
  const { status, body } = await redeem(server, await giveCode(server, { userId }));
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({ user: { id: userId }, authentication_method: 'Password' });
  expect(decodeJwt(body.access_token)).toMatchObject({ sub: userId, sid: sessionOf(body.access_token) });
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  // From where somebody signed in is what our page saw, not the server that redeems.
  expect(events.data).toMatchObject([
    { event: 'session.created', data: { ip_address: '203.0.113.7', user_agent: 'Browser' } },
  ]);
});

test('a sign-in for an organization is a session there', async () => {
  const { user_id: userId, organization_id: organizationId } = await makeMembership(server.api, {
    user_id: await verified(),
  });
  await makeMembership(server.api, { user_id: userId });
  const { body } = await redeem(server, await giveCode(server, { userId, organizationId }));
  expect(body.organization_id).toBe(organizationId);
});

test('PKCE: only the verifier of the challenge redeems, with or without the secret (O-05)', async () => {
  const userId = await verified();
  const { verifier, challenge } = makeVerifier();
  const code = await giveCode(server, { userId, challenge });
  const wrong: [string, string | null | undefined][] = [
    ['no verifier', undefined],
    ['a null verifier', null],
    ['another verifier', makeVerifier().verifier],
    ['the challenge itself, as by the method plain', challenge],
    ['a verifier of 42 characters', verifier.slice(0, 42)],
    ['a longer one', `${verifier}a`],
    ['one of 129 characters', verifier.padEnd(129, 'a')],
    ['other characters', `${verifier.slice(0, 42)}+`],
    ['padding', `${verifier}=`],
    ['an empty one', ''],
  ];
  for (const [name, code_verifier] of wrong) {
    expect(outcomeOf(await redeem(server, code, { code_verifier })), name).toBe('400 invalid_grant');
    const open = await redeem(server, code, { code_verifier, client_secret: undefined });
    expect(outcomeOf(open), name).toMatch(/^400 invalid_(grant|request)$/);
  }
  expect((await redeem(server, code, { code_verifier: 'x'.repeat(201) })).status).toBe(422);
  expect(outcomeOf(await redeem(server, code, { code_verifier: verifier }))).toBe('200');
});

test.each([42, 43, 128, 129])(
  'PKCE: a verifier of %i characters, asked for with its challenge',
  async (length) => {
    const { verifier, challenge } = makeVerifier(length);
    const code = await giveCode(server, { userId: await verified(), challenge });
    const response = await redeem(server, code, { code_verifier: verifier, client_secret: undefined });
    expect(outcomeOf(response)).toBe(length < 43 || length > 128 ? '400 invalid_grant' : '200');
  },
);

test('PKCE: a verifier for a sign-in without a challenge is refused, and the code stays good', async () => {
  const code = await giveCode(server, { userId: await verified() });
  const refused = await redeem(server, code, { code_verifier: makeVerifier().verifier });
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({ code: 'code_challenge_not_found', message: expect.any(String) });
  expect(outcomeOf(await redeem(server, code))).toBe('200');
});

test('a code used twice ends what came of it (O-06)', async () => {
  const userId = await verified();
  const code = await giveCode(server, { userId });
  const { body } = await redeem(server, code);
  const mark = await lastEvent(server.api);
  const replay = await redeem(server, code);
  expect(replay.status).toBe(400);
  expect(replay.body).toEqual({ error: 'invalid_grant', error_description: expect.any(String) });
  expect(outcomeOf(await refresh(server, body.refresh_token))).toBe('400 invalid_grant');
  expect(outcomeOf(await redeem(server, code))).toBe('400 invalid_grant');
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([
    { event: 'session.revoked', data: { id: sessionOf(body.access_token), status: 'revoked' } },
  ]);
});

test('a code used twice ends its session days later too', async () => {
  const code = await giveCode(server, { userId: await verified() });
  const { body } = await redeem(server, code);
  await atMinutes(3 * 24 * 60, async () => {
    expect(outcomeOf(await redeem(server, code))).toBe('400 invalid_grant');
    expect(outcomeOf(await refresh(server, body.refresh_token))).toBe('400 invalid_grant');
  });
});

test('a code used 50 times at once, over two nodes, makes one session, which ends (O-06)', async () => {
  const second = await server.startNode();
  const userId = await verified();
  const code = await giveCode(server, { userId });
  const mark = await lastEvent(server.api);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      redeem(server, code, {}, index % 2 === 0 ? server.anonymous : second.api),
    ),
  );
  const outcomes = answers.map(outcomeOf);
  expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === '400 invalid_grant')).toHaveLength(49);
  expect(await server.eventNames(mark)).toEqual(['session.created', 'session.revoked']);
  const winner = answers.find(({ status }) => status === 200);
  expect(outcomeOf(await refresh(server, winner?.body.refresh_token))).toBe('400 invalid_grant');
});

test('a code lives ten minutes (O-07)', async () => {
  const userId = await verified();
  const [late, early] = [await giveCode(server, { userId }), await giveCode(server, { userId })];
  expect(await atMinutes(10, async () => outcomeOf(await redeem(server, late)))).toBe('400 invalid_grant');
  expect(await atMinutes(9.9, async () => outcomeOf(await redeem(server, early)))).toBe('200');
});

test("another environment's code, one of nobody and one of a deleted user are refused alike (O-07)", async () => {
  const userId = await verified();
  const code = await giveCode(server, { userId });
  const elsewhere = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  const foreign = await redeem(server, code, elsewhere);
  const unknown = await redeem(server, 'unknown');
  expect(foreign.body).toEqual(unknown.body);
  expect(outcomeOf(unknown)).toBe('400 invalid_grant');
  expect(outcomeOf(await redeem(server, code))).toBe('200');
  const next = await giveCode(server, { userId });
  await server.api.delete(`/user_management/users/${userId}`);
  expect((await redeem(server, next)).body).toEqual(unknown.body);
  for (const odd of ['x'.repeat(201), '', 7, null]) {
    expect((await redeem(server, code, { code: odd })).status).toBe(422);
  }
});

test('an invitation that nobody made is refused, and the code stays good', async () => {
  const code = await giveCode(server, { userId: await verified() });
  expect(outcomeOf(await redeem(server, code, { invitation_token: 'unknown' }))).toBe(
    '400 invitation_invalid',
  );
  expect(outcomeOf(await redeem(server, code))).toBe('200');
});

test('an interrupted redemption has spent the code; its second use ends the session that came of the first', async () => {
  const { id: userId } = await makePerson(server.api);
  const { organization_id } = await makeMembership(server.api, { user_id: userId });
  await makeMembership(server.api, { user_id: userId });
  const code = await giveCode(server, { userId });
  const asked = await redeem(server, code);
  expect(outcomeOf(asked)).toBe('403 organization_selection_required');
  expect(outcomeOf(await redeem(server, code))).toBe('400 invalid_grant');
  const { pending_authentication_token } = asked.body;
  const chosen = await authenticate(server, {
    grant_type: grants.organization,
    pending_authentication_token,
    organization_id,
  });
  expect(outcomeOf(chosen)).toBe('200');
  expect(outcomeOf(await redeem(server, code))).toBe('400 invalid_grant');
  expect(outcomeOf(await refresh(server, chosen.body.refresh_token))).toBe('400 invalid_grant');
});

test('who lost the organization between the page and the code is told so', async () => {
  const made = await makeMembership(server.api, { user_id: await verified() });
  const { user_id: userId, organization_id: organizationId } = made;
  const code = await giveCode(server, { userId, organizationId });
  await server.api.delete(`/user_management/organization_memberships/${made.id}`);
  const refused = await redeem(server, code);
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({
    error: 'organization_membership_not_found',
    error_description: expect.any(String),
  });
});
