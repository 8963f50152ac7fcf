// Threats P-03 and P-04: what passwords an environment takes.
import { expect, test } from 'vitest';
import { type TestEnvironment, useServer } from '../../../../test/harness.ts';
import { signIn } from '../../../../test/passwords.ts';

const server = useServer();
const path = '/user_management/users';
let count = 0;

const environmentWith = async (password_policy: object): Promise<TestEnvironment> => {
  const environment = await server.addEnvironment('sandbox');
  await environment.api.patch('/management/settings', { password_policy });
  return environment;
};

const errorsOf = async ({ api }: Pick<TestEnvironment, 'api'>, password: string, fields: object = {}) => {
  count += 1;
  const email = `marigold.finch${count}@example.com`;
  const created = await api.post(path, { email, ...fields, password });
  const { body: user } = await api.post(path, { email: `other-${email}`, ...fields });
  const updated = await api.put(`${path}/${user.id}`, { email, password, ...fields });
  expect(updated.body.errors).toEqual(created.body.errors);
  if (created.status === 201) return [];
  expect([created.status, created.body.code]).toEqual([400, 'password_strength_error']);
  return created.body.errors as { code: string }[];
};

test.each([
  ['nine letters', 'qzvmwkxju', ['password_too_short']],
  ['one of the most used', 'password123', ['password_pwned', 'password_too_weak']],
  ['a sequence', 'abcdefghijkl', ['password_too_weak']],
  ['nothing', '', ['password_too_short', 'password_too_weak']],
])('%s is refused by default, with all that is wrong', async (_, password, codes) => {
  const errors = await errorsOf(server, password);
  for (const code of codes) expect(errors).toContainEqual(expect.objectContaining({ code }));
});

test('the errors carry what a form needs', async () => {
  const errors = await errorsOf(server, 'abcdefghi');
  expect(errors).toContainEqual({
    code: 'password_too_short',
    message: expect.any(String),
    minimum_length: 10,
  });
  expect(errors).toContainEqual({
    code: 'password_too_weak',
    message: expect.any(String),
    warning: expect.any(String),
    suggestions: expect.any(Array),
  });
});

test('the address is not in it, and names make it weaker', async () => {
  const address = await errorsOf(server, `x9 marigold.finch${count + 1}@EXAMPLE.com q4`);
  expect(address.map(({ code }) => code)).toContain('password_contains_email');
  const names = { first_name: 'Marigold', last_name: 'Featherstonehaugh' };
  const named = await errorsOf(server, 'marigoldfeatherstonehaugh1', names);
  expect(named.map(({ code }) => code)).toContain('password_too_weak');
});

test('a passphrase is taken, with spaces and in any script; 1,024 bytes are, one more is not', async () => {
  expect(await errorsOf(server, 'mauve otter quartz lantern')).toEqual([]);
  expect(
    await errorsOf(server, '\u8d64\u3044\u50d8\u3068\u8679\u306e\u6a4b\u3092\u6e21\u308b\u732b'),
  ).toEqual([]);
  const long = Array.from({ length: 1_024 }, (_, index) => 'mqzkvw7x'[(index * 5) % 8]).join('');
  expect(await errorsOf(server, long)).toEqual([]);
  expect(await errorsOf(server, `${long}!`)).toMatchObject([{ code: 'password_too_long' }]);
});

test('kinds of characters are asked for where the environment does', async () => {
  const environment = await environmentWith({
    is_uppercase_required: true,
    is_lowercase_required: true,
    is_number_required: true,
    is_symbol_required: true,
  });
  const errors = await errorsOf(
    environment,
    '\u8d64\u3044\u50d8\u3068\u8679\u306e\u6a4b\u3092\u6e21\u308b\u732b',
  );
  expect(errors).toMatchObject(
    ['uppercase', 'lowercase', 'number', 'symbol'].map((character_type) => ({
      code: 'password_missing_character_type',
      character_type,
    })),
  );
  expect(errors.at(-1)).toHaveProperty('symbols');
  expect(await errorsOf(environment, 'Mauve-otter quartz lantern 4')).toEqual([]);
});

test('rules can be relaxed, down to eight characters', async () => {
  const environment = await environmentWith({
    minimum_length: 8,
    minimum_strength: 0,
    is_breached_refused: false,
  });
  expect(await errorsOf(environment, 'password')).toEqual([]);
  expect(await errorsOf(environment, 'passwor')).toMatchObject([
    { code: 'password_too_short', minimum_length: 8 },
  ]);
  const tooLow = await environment.api.patch('/management/settings', {
    password_policy: { minimum_length: 7 },
  });
  expect(tooLow.status).toBe(422);
});

test('address and password are the same in either Unicode form', async () => {
  const email = 'Zo\u00eb@unicode.example';
  const password = 'caf\u00e9 otter quartz lantern';
  await server.api.post(path, { email, password, email_verified: true });
  for (const form of ['NFC', 'NFD'] as const) {
    expect((await signIn(server, email.normalize(form), password.normalize(form))).status).toBe(200);
  }
  expect((await signIn(server, email, 'cafe otter quartz lantern')).status).toBe(400);
  expect((await signIn(server, email, ` ${password}`)).status).toBe(400);
});

test('no password of a megabyte is compared, and one of 200 kB is wrong', async () => {
  expect((await signIn(server, 'zo\u00eb@unicode.example', 'a'.repeat(1_000_000))).status).toBe(413);
  const long = await signIn(server, 'zo\u00eb@unicode.example', 'a'.repeat(200_000));
  expect([long.status, long.body.code]).toEqual([400, 'invalid_credentials']);
});
