import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership } from '../../../test/people.ts';
import type { TestResponse } from '../../../test/client.ts';
import {
  type Person,
  authenticate,
  grants,
  makePerson,
  outcomeOf,
  signInByPassword,
} from '../../../test/sign-in.ts';

const server = useServer();

const makeUnverified = () => makePerson(server.api, { email_verified: false });

interface Interrupted extends Person {
  token: string;
  code: string;
}

/** Somebody whose password was right and whose address is not verified. */
async function interrupted(known?: Person): Promise<Interrupted> {
  const person = known ?? (await makeUnverified());
  const { body } = await signInByPassword(server, person.email);
  const { body: sent } = await server.api.get(
    `/user_management/email_verification/${body.email_verification_id}`,
  );
  return { ...person, token: body.pending_authentication_token, code: sent.code };
}

const verify = (code: string, token: string, fields: object = {}): Promise<TestResponse> =>
  authenticate(server, { grant_type: grants.email, code, pending_authentication_token: token, ...fields });

const otherCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

const invalidToken = '400 invalid_pending_authentication_token';

test('an unverified address interrupts with what is needed to go on, and a code is sent', async () => {
  const person = await makeUnverified();
  const mark = await lastEvent(server.api);
  const { status, body } = await signInByPassword(server, person.email);
  expect(status).toBe(403);
  expect(body).toEqual({
    code: 'email_verification_required',
    message: expect.any(String),
    email: person.email,
    email_verification_id: expect.stringMatching(/^email_verification_/),
    pending_authentication_token: expect.stringMatching(/^[A-Za-z0-9]{25,}$/),
  });
  expect(await server.eventNames(mark)).toEqual([
    'authentication.password_succeeded',
    'email_verification.created',
  ]);
});

test('the code verifies the address, signs in by the first method, and spends the token', async () => {
  const { id, email, token, code } = await interrupted();
  const mark = await lastEvent(server.api);
  const from = { ip_address: '203.0.113.20', user_agent: 'Second' };
  const { status, body } = await verify(code, token, from);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({ user: { id, email_verified: true }, authentication_method: 'Password' });
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data.map(({ event }: { event: string }) => event)).toEqual([
    'user.updated',
    'authentication.email_verification_succeeded',
    'session.created',
  ]);
  expect(events.data[1].data).toEqual({
    type: 'email_verification',
    status: 'succeeded',
    user_id: id,
    email,
    ...from,
  });
  expect(JSON.stringify(events)).not.toContain(code);
  expect(outcomeOf(await verify(code, token))).toBe(invalidToken);
  expect(outcomeOf(await signInByPassword(server, email))).toBe('200');
});

test('a wrong code is refused and told, and burns neither code nor token', async () => {
  const { id, email, token, code } = await interrupted();
  const mark = await lastEvent(server.api);
  const refused = await verify(otherCode(code), token);
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({ code: 'invalid_one_time_code', message: expect.any(String) });
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([
    {
      event: 'authentication.email_verification_failed',
      data: {
        type: 'email_verification',
        status: 'failed',
        user_id: id,
        email,
        error: { code: 'invalid_one_time_code', message: refused.body.message },
      },
    },
  ]);
  expect(outcomeOf(await verify(` ${code} `, token))).toBe('200');
});

test('five wrong codes are the most, then the right one is refused too; a new sign-in sends a new code', async () => {
  const person = await interrupted();
  for (let guess = 0; guess < 5; guess += 1) {
    expect(outcomeOf(await verify(otherCode(person.code), person.token))).toBe('400 invalid_one_time_code');
  }
  expect(outcomeOf(await verify(person.code, person.token))).toBe('400 one_time_code_too_many_attempts');
  const next = await interrupted(person);
  expect(next.code).not.toBe(person.code);
  expect(outcomeOf(await verify(next.code, next.token))).toBe('200');
});

test('20 guesses at once count as 20 guesses', async () => {
  const { token, code } = await interrupted();
  const answers = await Promise.all(Array.from({ length: 20 }, () => verify(otherCode(code), token)));
  const outcomes = answers.map(outcomeOf);
  expect(outcomes.filter((outcome) => outcome === '400 invalid_one_time_code')).toHaveLength(5);
  expect(outcomes.filter((outcome) => outcome === '400 one_time_code_too_many_attempts')).toHaveLength(15);
});

test('a code used for the address by the other way is used here too', async () => {
  const { id, token, code } = await interrupted();
  const path = `/user_management/users/${id}/email_verification/confirm`;
  expect((await server.api.post(path, { code })).status).toBe(200);
  expect(outcomeOf(await verify(code, token))).toBe('400 one_time_code_previously_used');
});

test('token and code live ten minutes', async () => {
  const { token, code } = await interrupted();
  server.clock.setOffset(9.9 * 60_000);
  expect(outcomeOf(await verify(otherCode(code), token))).toBe('400 invalid_one_time_code');
  server.clock.setOffset(10 * 60_000);
  expect(outcomeOf(await verify(code, token))).toBe(invalidToken);
  server.clock.setOffset(0);
});

test('a code that is older than the token is told to be expired', async () => {
  const person = await interrupted();
  server.clock.setOffset(19_000); // still the same code
  const later = await interrupted(person);
  expect(later.code).toBe(person.code);
  server.clock.setOffset(10 * 60_000 + 5_000);
  expect(outcomeOf(await verify(person.code, later.token))).toBe('400 one_time_code_expired');
  server.clock.setOffset(0);
});

test("tokens that are unknown, another environment's or another person's", async () => {
  const [ann, ben] = [await interrupted(), await interrupted()];
  expect(outcomeOf(await verify(ann.code, 'unknown'))).toBe(invalidToken);
  expect(outcomeOf(await verify(ben.code, ann.token))).toBe('400 invalid_one_time_code');
  const elsewhere = { client_id: server.other.clientId, client_secret: server.other.apiKey };
  expect(outcomeOf(await verify(ann.code, ann.token, elsewhere))).toBe(invalidToken);
  expect((await verify(ann.code, 'x'.repeat(101))).status).toBe(422);
  expect((await verify('1'.repeat(21), ann.token)).status).toBe(422);
  expect(outcomeOf(await verify(ann.code, ann.token))).toBe('200');
});

test('a token of somebody who is deleted in between is none', async () => {
  const { id, token, code } = await interrupted();
  await server.api.delete(`/user_management/users/${id}`);
  expect(outcomeOf(await verify(code, token))).toBe(invalidToken);
});

test('an address that changed in between has to be proven itself', async () => {
  const { id, token, code } = await interrupted();
  const email = `moved-${id.slice(-8).toLowerCase()}@example.com`;
  await server.api.put(`/user_management/users/${id}`, { email });
  const answer = await verify(code, token);
  expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
  const { body: user } = await server.api.get(`/user_management/users/${id}`);
  expect(user).toMatchObject({ email, email_verified: false });
});

test('two nodes with the same code and token: one of them signs in', async () => {
  const second = await server.startNode();
  const { token, code } = await interrupted();
  const body = { grant_type: grants.email, code, pending_authentication_token: token };
  const answers = await Promise.all(
    [server.anonymous, second.api, server.anonymous, second.api].map((client) =>
      authenticate(server, body, client),
    ),
  );
  const outcomes = answers.map(outcomeOf).sort();
  expect(outcomes).toEqual(['200', invalidToken, invalidToken, invalidToken]);
});

test('the whole chain: password, code, organization, tokens; each token is spent by the step after it', async () => {
  const person = await makeUnverified();
  const { organization_id } = await makeMembership(server.api, { user_id: person.id });
  await makeMembership(server.api, { user_id: person.id });
  const mark = await lastEvent(server.api);
  const first = await interrupted(person);
  // The organization is chosen too early: what is missing is asked for again, under a new token.
  const early = await authenticate(server, {
    grant_type: grants.organization,
    pending_authentication_token: first.token,
    organization_id,
  });
  expect(outcomeOf(early)).toBe('403 email_verification_required');
  expect(outcomeOf(await verify(first.code, first.token))).toBe(invalidToken);
  const done = await verify(first.code, early.body.pending_authentication_token);
  expect(done.body.organization_id, JSON.stringify(done.body)).toBe(organization_id);
  expect(await server.eventNames(mark)).toEqual([
    'authentication.password_succeeded',
    'email_verification.created',
    'user.updated',
    'authentication.email_verification_succeeded',
    'session.created',
  ]);
});

test('after the code, several organizations are asked about under a new token', async () => {
  const person = await makeUnverified();
  const { organization_id } = await makeMembership(server.api, { user_id: person.id });
  await makeMembership(server.api, { user_id: person.id });
  const first = await interrupted(person);
  const asked = await verify(first.code, first.token);
  expect(outcomeOf(asked)).toBe('403 organization_selection_required');
  expect(asked.body.pending_authentication_token).not.toBe(first.token);
  const { pending_authentication_token } = asked.body;
  const select = { grant_type: grants.organization, organization_id };
  expect(
    outcomeOf(await authenticate(server, { ...select, pending_authentication_token: first.token })),
  ).toBe(invalidToken);
  const done = await authenticate(server, { ...select, pending_authentication_token });
  expect(done.body).toMatchObject({ organization_id, authentication_method: 'Password' });
});
