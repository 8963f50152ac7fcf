// Threats G-01 to G-03: what a six-digit code proves, and how often it may be guessed.
import { expect, test } from 'vitest';
import { hashRows } from '../../../test/contract/sweep.ts';
import { useServer } from '../../../test/harness.ts';
import { codeIn, readMails } from '../../../test/mailbox.ts';
import { lastEvent } from '../../../test/people.ts';
import { advance } from '../../../test/time.ts';
import type { TestClient } from '../../../test/client.ts';

const server = useServer();
const users = '/user_management/users';
let count = 0;

const incorrect = [400, 'email_verification_code_incorrect'];

/** A user with a code in their mailbox. */
const makeUser = async (api: TestClient = server.api) => {
  count += 1;
  const { body } = await api.post(users, { email: `confirm${count}@example.com` });
  const user = body as { id: string; email: string; email_verified: boolean; updated_at: string };
  await api.post(`${users}/${user.id}/email_verification/send`);
  return { user, code: await newestCode(user.email) };
};

const newestCode = async (email: string): Promise<string> => {
  const [mail] = await readMails(server, email);
  if (!mail) throw new Error('no mail');
  return codeIn(mail);
};

const sendAgain = (id: string) => {
  advance(server.clock, 20_000);
  return server.api.post(`${users}/${id}/email_verification/send`);
};

const confirm = async (id: string, code: string, api = server.api) => {
  const { status, body } = await api.post(`${users}/${id}/email_verification/confirm`, { code });
  return { status, body, refusal: [status, body.code] };
};

/** `n` codes that are not this one. */
const wrongCodes = (code: string, n: number) =>
  Array.from({ length: n }, (_, index) => String((Number(code) + index + 1) % 1_000_000).padStart(6, '0'));

test('the right code verifies the address, with one event that says so', async () => {
  const { user, code } = await makeUser();
  const mark = await lastEvent(server.api);
  const { status, body } = await confirm(user.id, ` ${code} `);
  expect(status).toBe(200);
  expect(body).toEqual({ user: { ...user, email_verified: true, updated_at: expect.any(String) } });
  const { data } = (await server.api.get(`/events?after=${mark}`)).body;
  expect(data).toMatchObject([{ event: 'user.updated', data: body.user }]);
  expect(data[0].context.previous_attributes).toEqual({ email_verified: false });
  expect((await confirm(user.id, code)).refusal).toEqual([400, 'email_previously_verified']);
});

test('a code works once, also for an address that lost its proof', async () => {
  const { user, code } = await makeUser();
  await confirm(user.id, code);
  await server.api.put(`${users}/${user.id}`, { email_verified: false });
  expect((await confirm(user.id, code)).refusal).toEqual([400, 'email_verification_code_previously_used']);
});

test('five wrong codes burn the right one, and a new one works', async () => {
  const { user, code } = await makeUser();
  for (const wrong of wrongCodes(code, 5)) expect((await confirm(user.id, wrong)).refusal).toEqual(incorrect);
  expect((await confirm(user.id, code)).refusal).toEqual(incorrect);
  await sendAgain(user.id);
  expect((await confirm(user.id, code)).status).toBe(400);
  expect((await confirm(user.id, await newestCode(user.email))).status).toBe(200);
});

test('a wrong code is counted and changes nothing else', async () => {
  const { user, code } = await makeUser();
  for (const wrong of wrongCodes(code, 4)) await confirm(user.id, wrong);
  expect((await server.api.get(`${users}/${user.id}`)).body).toEqual(user);
  expect((await confirm(user.id, code)).status).toBe(200);
});

test('of 200 guesses at once on two nodes, with the right one among them, five count', async () => {
  const second = await server.startNode();
  const { user, code } = await makeUser();
  const guesses = wrongCodes(code, 199);
  guesses.push(code);
  const answers = await Promise.all(
    guesses.map((guess, index) => confirm(user.id, guess, index % 2 === 0 ? server.api : second.api)),
  );
  // Who finds the address verified, waits too long for the database or comes sixth has not been told about a guess.
  const isTold = ({ status, body }: (typeof answers)[number]) =>
    status === 200 || body.message === 'The code is not correct.';
  expect(answers.filter(isTold).length).toBeLessThanOrEqual(5);
  expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
});

test('of 20 who send the right code at once on two nodes, one verifies', async () => {
  const second = await server.startNode();
  const { user, code } = await makeUser();
  const mark = await lastEvent(server.api);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      confirm(user.id, code, index % 2 === 0 ? server.api : second.api),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
  expect(await server.eventNames(mark)).toEqual(['user.updated']);
});

test('a hundred guesses in a day are the most, whatever number of codes was sent', async () => {
  const { user } = await makeUser();
  for (let round = 0; round < 20; round += 1) {
    for (const wrong of wrongCodes(await newestCode(user.email), 5)) await confirm(user.id, wrong);
    await sendAgain(user.id);
  }
  const code = await newestCode(user.email);
  expect((await confirm(user.id, code)).refusal).toEqual(incorrect);
  advance(server.clock, 86_400_000);
  await sendAgain(user.id);
  expect((await confirm(user.id, await newestCode(user.email))).status).toBe(200);
});

test('a code holds for ten minutes and not a moment longer', async () => {
  const early = await makeUser();
  const late = await makeUser();
  const now = server.clock.now().getTime();
  const { data } = (await server.api.get('/events?order=desc&limit=1')).body;
  const left = Date.parse(data[0].data.expires_at) - now;
  advance(server.clock, left - 5_000);
  expect((await confirm(early.user.id, early.code)).status).toBe(200);
  advance(server.clock, 6_000);
  expect((await confirm(late.user.id, late.code)).refusal).toEqual([400, 'email_verification_code_expired']);
});

test('an older code is nothing after a newer', async () => {
  const { user, code } = await makeUser();
  await sendAgain(user.id);
  const newer = await newestCode(user.email);
  if (newer !== code) expect((await confirm(user.id, code)).refusal).toEqual(incorrect);
  expect((await confirm(user.id, newer)).status).toBe(200);
});

test("another user's code, and another environment's, are wrong", async () => {
  const mine = await makeUser();
  const others = await makeUser();
  const foreign = await makeUser(server.other.api);
  for (const { code } of [others, foreign]) {
    if (code !== mine.code) expect((await confirm(mine.user.id, code)).refusal).toEqual(incorrect);
  }
});

test('a code that went to the address before proves nothing of the new one', async () => {
  const { user, code } = await makeUser();
  await server.api.put(`${users}/${user.id}`, { email: `new-${user.email}` });
  expect((await confirm(user.id, code)).refusal).toEqual([400, 'email_verification_code_expired']);
  expect((await server.api.get(`${users}/${user.id}`)).body.email_verified).toBe(false);
});

test('somebody who was sent no code has none', async () => {
  const { body: user } = await server.api.post(users, { email: 'no-code@example.com' });
  expect((await confirm(user.id, '000000')).refusal).toEqual(incorrect);
});

test.each([[{}], [{ code: 123456 }], [{ code: '' }], [{ code: '1'.repeat(21) }], [{ code: null }]])(
  '%j is refused with 422, and not counted',
  async (input) => {
    const { user } = await makeUser();
    const before = await hashRows(server);
    const { status, body } = await server.api.post(`${users}/${user.id}/email_verification/confirm`, input);
    expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
    expect(await hashRows(server)).toBe(before);
  },
);

test("an unknown user and another environment's answer 404, no key 401", async () => {
  const { user, code } = await makeUser();
  expect((await confirm(user.id, code, server.other.api)).status).toBe(404);
  expect((await confirm('user_01HZZZZZZZZZZZZZZZZZZZZZZZ', code)).status).toBe(404);
  expect((await confirm(user.id, code, server.anonymous)).status).toBe(401);
  expect((await confirm(user.id, code)).status).toBe(200);
});
