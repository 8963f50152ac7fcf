import { expect, test } from 'vitest';
import { type TestEnvironment, useServer } from '../../../../test/harness.ts';
import { freshPassword } from '../../../../test/passwords.ts';
import { sql } from '../../../platform/database/sql.ts';

const server = useServer();
const path = '/user_management/users';

const environmentWith = async (history_length: number): Promise<TestEnvironment> => {
  const environment = await server.addEnvironment('sandbox');
  await environment.api.patch('/management/settings', { password_policy: { history_length } });
  return environment;
};

const userWith = async ({ api }: TestEnvironment, password: string) => {
  const { body } = await api.post(path, { email: `${crypto.randomUUID()}@example.com`, password });
  const change = (next: string) => api.put(`${path}/${body.id}`, { password: next });
  return { id: String(body.id), email: String(body.email), change };
};

const countFormer = async (userId: string) => {
  const { count } = await server.database.one<{ count: number }>(sql`
    select count(*)::integer as count from former_password where user_id = ${userId}`);
  return count;
};

test('the present password and as many former ones as the environment says are refused, older ones are not', async () => {
  const environment = await environmentWith(2);
  const [first, second, third, fourth] = [freshPassword(), freshPassword(), freshPassword(), freshPassword()];
  const user = await userWith(environment, first);
  for (const next of [second, third, fourth]) expect((await user.change(next)).status).toBe(200);
  for (const used of [fourth, third, second]) {
    const { status, body } = await user.change(used);
    expect([status, body.code]).toEqual([400, 'password_strength_error']);
    expect(body.errors).toEqual([{ code: 'password_reused', message: expect.any(String) }]);
  }
  expect((await user.change(first)).status).toBe(200);
  expect(await countFormer(user.id)).toBe(2);
});

test('a reset refuses them too, in its own words', async () => {
  const environment = await environmentWith(10);
  const [first, second] = [freshPassword(), freshPassword()];
  const user = await userWith(environment, first);
  await user.change(second);
  const { body: reset } = await environment.api.post('/user_management/password_reset', {
    email: user.email,
  });
  for (const new_password of [first, second]) {
    const { status, body } = await environment.api.post('/user_management/password_reset/confirm', {
      token: reset.password_reset_token,
      new_password,
    });
    expect([status, body.code]).toEqual([400, 'password_reset_error']);
    expect(body.errors[0].code).toBe('password_reused');
  }
});

test('ten former ones are kept at most, each of its own user', async () => {
  const environment = await environmentWith(10);
  const first = freshPassword();
  const user = await userWith(environment, first);
  for (let round = 0; round < 11; round += 1) await user.change(freshPassword());
  expect(await countFormer(user.id)).toBe(10);
  expect((await user.change(first)).status).toBe(200);
  expect((await userWith(environment, first)).id).not.toBe(user.id);
  const tooMany = { password_policy: { history_length: 11 } };
  expect((await environment.api.patch('/management/settings', tooMany)).status).toBe(422);
});

test('without history a password may come back, and what was kept is forgotten with the next change', async () => {
  const environment = await environmentWith(3);
  const [first, second] = [freshPassword(), freshPassword()];
  const user = await userWith(environment, first);
  await user.change(second);
  expect(await countFormer(user.id)).toBe(1);
  await environment.api.patch('/management/settings', { password_policy: { history_length: 0 } });
  expect((await user.change(first)).status).toBe(200);
  expect(await countFormer(user.id)).toBe(0);
});
