import { beforeAll, expect, test } from 'vitest';
import type { TestClient, TestResponse } from '../../../test/client.ts';
import { useServer } from '../../../test/harness.ts';
import {
  authenticate,
  giveCode,
  goodPassword,
  grants,
  makePerson,
  outcomeOf,
  redeem,
  refresh,
  signInByPassword,
} from '../../../test/sign-in.ts';

const server = useServer({ rateLimitFactor: 1 });
let nodes: TestClient[];

beforeAll(async () => {
  nodes = [server.anonymous, (await server.startNode()).api];
});

const attempt = (email: string, turn: number, fields: object = {}): Promise<TestResponse> =>
  authenticate(server, { grant_type: 'password', email, password: 'wrong', ...fields }, nodes[turn % 2]);

const tooMany = '429 too_many_requests';

test('the eleventh try of an address within a minute is refused, over two nodes and in every spelling (P-02)', async () => {
  const { email } = await makePerson(server.api);
  const spellings = [email, email.toUpperCase(), email.replace('s', 'S')];
  for (let turn = 0; turn < 10; turn += 1) {
    expect(outcomeOf(await attempt(spellings[turn % 3] ?? '', turn))).toBe('400 invalid_credentials');
  }
  for (const [turn, spelling] of spellings.entries()) {
    const { status, body, headers } = await attempt(spelling, turn, { password: goodPassword });
    expect(status).toBe(429);
    expect(body).toEqual({ error: 'too_many_requests', error_description: expect.any(String) });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  }
  // Others, also of another environment, are none the worse for it.
  expect((await signInByPassword(server, (await makePerson(server.api)).email)).status).toBe(200);
  const elsewhere = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  expect(outcomeOf(await attempt(email, 0, elsewhere))).toBe('400 invalid_credentials');
  server.clock.setOffset(61_000);
  expect((await signInByPassword(server, email)).status).toBe(200);
  server.clock.setOffset(0);
});

test('an address that nobody has is counted and refused like one that somebody has', async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    expect(outcomeOf(await attempt('nobody@example.com', turn))).toBe('400 invalid_credentials');
  }
  expect(outcomeOf(await attempt('nobody@example.com', 0))).toBe(tooMany);
});

test('50 tries at once count as 50', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, turn) => attempt('burst@example.com', turn)),
  );
  const outcomes = answers.map(outcomeOf);
  expect(outcomes.filter((outcome) => outcome === '400 invalid_credentials')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === tooMany)).toHaveLength(40);
});

test('the eleventh code for a pending token is refused', async () => {
  const { email } = await makePerson(server.api, { email_verified: false });
  const { body } = await signInByPassword(server, email);
  const guess = () =>
    authenticate(server, {
      grant_type: grants.email,
      code: 'wrong!',
      pending_authentication_token: body.pending_authentication_token,
    });
  for (let turn = 0; turn < 10; turn += 1) expect((await guess()).status).toBe(400);
  expect(outcomeOf(await guess())).toBe(tooMany);
});

test('a refused client is not counted against the person', async () => {
  const { email } = await makePerson(server.api);
  for (let turn = 0; turn < 12; turn += 1) {
    expect(outcomeOf(await attempt(email, turn, { client_secret: 'sk_test_unknown' }))).toBe(
      '400 invalid_client',
    );
    expect(outcomeOf(await attempt(email, turn, { client_secret: undefined }))).toMatch(/^400 invalid_/);
  }
  expect((await signInByPassword(server, email)).status).toBe(200);
});

test('codes and refreshes are not limited by person: they cannot be guessed', async () => {
  const { id: userId } = await makePerson(server.api);
  let { body } = await redeem(server, await giveCode(server, { userId }));
  for (let turn = 0; turn < 12; turn += 1) {
    const answer = await refresh(server, body.refresh_token);
    expect(answer.status).toBe(200);
    body = answer.body;
  }
});
