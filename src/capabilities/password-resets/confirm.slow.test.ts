// Threats P-07 and P-09: what a reset link is good for, and what it ends.
import { expect, test } from 'vitest';
import { hashRows } from '../../../test/contract/sweep.ts';
import { useServer } from '../../../test/harness.ts';
import { freshPassword, refresh, signIn } from '../../../test/passwords.ts';
import { lastEvent } from '../../../test/people.ts';
import { advance } from '../../../test/time.ts';

const server = useServer();
const path = '/user_management/password_reset';
const users = '/user_management/users';
let count = 0;

/** A user with a link that resets their password. */
const makeReset = async (fields: object = {}, api = server.api) => {
  count += 1;
  const { body: user } = await api.post(users, { email: `confirm${count}@example.com`, ...fields });
  const { body: reset } = await api.post(path, { email: user.email });
  return { user, token: String(reset.password_reset_token), reset };
};

const confirm = (token: string, new_password: string, api = server.api, headers = {}) =>
  api.post(`${path}/confirm`, { token, new_password }, { headers });

test('the password is set, the address verified, every session ended, each with its event', async () => {
  const [old, fresh] = [freshPassword(), freshPassword()];
  const { user, token, reset } = await makeReset({ password: old, email_verified: true });
  const first = await signIn(server, user.email, old);
  const second = await signIn(server, user.email, old);
  await server.api.put(`${users}/${user.id}`, { email_verified: false });
  const mark = await lastEvent(server.api);
  const { status, body } = await confirm(token, fresh);
  expect(status).toBe(200);
  expect(body.user).toMatchObject({ id: user.id, email: user.email, email_verified: true });
  const { data } = (await server.api.get(`/events?after=${mark}`)).body;
  expect(data.map(({ event }: { event: string }) => event)).toEqual([
    'user.updated',
    'session.revoked',
    'session.revoked',
    'password_reset.succeeded',
  ]);
  expect(data[0].data).toEqual(body.user);
  expect(data[0].context.previous_attributes).toEqual({ email_verified: false });
  const { password_reset_token: _, password_reset_url: __, ...told } = reset;
  expect(data[3].data).toEqual(told);
  expect(JSON.stringify(data)).not.toMatch(new RegExp(`mauve|argon2|${token}`));
  for (const session of [first, second]) {
    const { status: refused, body: why } = await refresh(server, session.body.refresh_token);
    expect([refused, why.error]).toEqual([400, 'invalid_grant']);
  }
  expect((await signIn(server, user.email, old)).body.code).toBe('invalid_credentials');
  expect((await signIn(server, user.email, fresh)).status).toBe(200);
});

test('somebody without a password gets one', async () => {
  const { user, token } = await makeReset();
  const password = freshPassword();
  expect((await confirm(token, password)).body.user.email_verified).toBe(true);
  expect((await signIn(server, user.email, password)).status).toBe(200);
});

const notFound = [404, 'entity_not_found'];
const refusalOf = async (token: string, api = server.api) => {
  const before = await hashRows(server);
  const { status, body } = await confirm(token, freshPassword(), api);
  expect(await hashRows(server)).toBe(before);
  expect(JSON.stringify(body)).not.toContain(token);
  return [status, body.code];
};

test('a link works once', async () => {
  const { token } = await makeReset();
  expect((await confirm(token, freshPassword())).status).toBe(200);
  expect(await refusalOf(token)).toEqual(notFound);
});

test('of two links the newer works', async () => {
  const { user, token } = await makeReset();
  const { body: newer } = await server.api.post(path, { email: user.email });
  expect(await refusalOf(token)).toEqual(notFound);
  expect((await confirm(newer.password_reset_token, freshPassword())).status).toBe(200);
  expect(await refusalOf(token)).toEqual(notFound);
});

test('a link is nothing once the address has changed', async () => {
  const { user, token } = await makeReset();
  await server.api.put(`${users}/${user.id}`, { email: `new-${user.email}` });
  expect(await refusalOf(token)).toEqual(notFound);
});

test('a link holds for an hour and not a moment longer', async () => {
  const early = await makeReset();
  const late = await makeReset();
  advance(server.clock, 3_590_000);
  expect((await confirm(early.token, freshPassword())).status).toBe(200);
  advance(server.clock, 10_000);
  const { status, body } = await confirm(late.token, freshPassword());
  expect([status, body.code]).toEqual(notFound);
});

test('a link of a user who is gone, of another environment, and one that nobody made look alike', async () => {
  const gone = await makeReset();
  await server.api.delete(`${users}/${gone.user.id}`);
  expect(await refusalOf(gone.token)).toEqual(notFound);
  const foreign = await makeReset();
  expect(await refusalOf(foreign.token, server.other.api)).toEqual(notFound);
  expect(await refusalOf('a'.repeat(26))).toEqual(notFound);
  expect((await confirm(foreign.token, freshPassword())).status).toBe(200);
});

test('a password that breaks the policy is refused with what is wrong, and the link still works', async () => {
  const { user, token } = await makeReset();
  for (const [password, code] of [
    ['short', 'password_too_short'],
    [`${user.email} 4x`, 'password_contains_email'],
    ['a'.repeat(200_000), 'password_too_long'],
  ] as const) {
    const before = await hashRows(server);
    const { status, body } = await confirm(token, password);
    expect([status, body.code]).toEqual([400, 'password_reset_error']);
    expect(body.errors).toContainEqual(expect.objectContaining({ code, message: expect.any(String) }));
    expect(await hashRows(server)).toBe(before);
  }
  expect((await confirm(token, 'a'.repeat(1_000_000))).status).toBe(413);
  expect((await confirm(token, freshPassword())).status).toBe(200);
});

test('an environment without passwords answers 403, and the link works once it has them again', async () => {
  const environment = await server.addEnvironment('sandbox');
  const { token } = await makeReset({}, environment.api);
  const enable = (is_password_enabled: boolean) =>
    environment.api.patch('/management/settings', { authentication: { is_password_enabled } });
  await enable(false);
  const { status, body } = await confirm(token, freshPassword(), environment.api);
  expect([status, body.code]).toEqual([403, 'email_password_auth_disabled']);
  await enable(true);
  expect((await confirm(token, freshPassword(), environment.api)).status).toBe(200);
});

test.each([
  [{}, 'token'],
  [{ token: 'a' }, 'new_password'],
  [{ token: 'a'.repeat(101), new_password: 'a' }, 'token'],
  [{ token: 7, new_password: 'a' }, 'token'],
  [{ token: 'a', new_password: '' }, 'new_password'],
  [{ token: 'a', new_password: null }, 'new_password'],
])('%j is refused with 422 that names %s', async (input, field) => {
  const { status, body } = await server.api.post(`${path}/confirm`, input);
  expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
  expect(body.errors[0].field).toBe(field);
});

test('of ten who use a link at once on two nodes, one sets the password', async () => {
  const second = await server.startNode();
  const { user, token } = await makeReset();
  const mark = await lastEvent(server.api);
  const passwords = Array.from({ length: 10 }, freshPassword);
  const answers = await Promise.all(
    passwords.map((password, index) => confirm(token, password, index % 2 === 0 ? server.api : second.api)),
  );
  const winner = answers.findIndex(({ status }) => status === 200);
  const losers = answers.filter((_, index) => index !== winner);
  expect(losers.map(({ status, body }) => [status, body.code])).toEqual(losers.map(() => notFound));
  expect(await server.eventNames(mark)).toEqual(['user.updated', 'password_reset.succeeded']);
  expect((await signIn(server, user.email, passwords[winner] ?? '')).status).toBe(200);
});

test('a link used while a new one is made ends in order, on two nodes', async () => {
  const second = await server.startNode();
  for (let round = 0; round < 5; round += 1) {
    const { user, token } = await makeReset();
    const [used, made] = await Promise.all([
      confirm(token, freshPassword()),
      second.api.post(path, { email: user.email }),
    ]);
    expect([200, 404]).toContain(used.status);
    expect(made.status).toBe(201);
    expect((await confirm(made.body.password_reset_token, freshPassword())).status).toBe(200);
  }
});

test('with an Idempotency-Key a repeat is answered as the first call was, though the link is spent', async () => {
  const { token } = await makeReset();
  const password = freshPassword();
  const headers = { 'idempotency-key': 'reset-once' };
  const first = await confirm(token, password, server.api, headers);
  const second = await confirm(token, password, server.api, headers);
  expect([second.status, second.body]).toEqual([200, first.body]);
  expect((await confirm(token, password)).status).toBe(404);
});

test('without a key no password is set', async () => {
  const { token } = await makeReset();
  expect((await confirm(token, freshPassword(), server.anonymous)).status).toBe(401);
  expect((await confirm(token, freshPassword())).status).toBe(200);
});
