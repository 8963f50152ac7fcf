import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';

const server = useServer();
const path = '/management/settings';

test('untouched settings have their defaults, and a change touches only what it names', async () => {
  expect((await server.api.get(path)).body.urls).toEqual({
    app_homepage_url: null,
    sign_in_url: null,
    sign_up_url: null,
    user_invitation_url: null,
    password_reset_url: null,
  });
  await server.api.patch(path, { urls: { sign_in_url: 'https://app.example.com/login' } });
  const { body } = await server.api.patch(path, { urls: { app_homepage_url: 'https://app.example.com' } });
  expect(body.urls).toMatchObject({
    app_homepage_url: 'https://app.example.com',
    sign_in_url: 'https://app.example.com/login',
  });
  expect((await server.api.patch(path, { urls: { sign_in_url: null } })).body.urls.sign_in_url).toBeNull();
});

test('parallel changes of one group all hold', async () => {
  const changes = [
    { app_homepage_url: 'https://a.example.com' },
    { sign_up_url: 'https://b.example.com' },
    { user_invitation_url: 'https://c.example.com' },
    { password_reset_url: 'https://d.example.com' },
  ];
  const { api } = await server.addEnvironment('sandbox');
  await Promise.all(changes.map((urls) => api.patch(path, { urls })));
  expect((await api.get(path)).body.urls).toMatchObject(Object.assign({}, ...changes));
});

test.each([
  ['an unknown group', { nothing: {} }],
  ['an unknown field', { urls: { nothing: 1 } }],
  ['a URL that is none', { urls: { sign_in_url: 'app.example.com' } }],
  ['a script', { urls: { sign_in_url: 'javascript:alert(1)' } }],
])('%s is refused with 422 and nothing changes', async (_, input) => {
  const before = (await server.api.get(path)).body;
  expect((await server.api.patch(path, input)).status).toBe(422);
  expect((await server.api.get(path)).body).toEqual(before);
});

test('each environment has settings of its own, and no key reads none', async () => {
  await server.api.patch(path, { urls: { sign_up_url: 'https://mine.example.com' } });
  expect((await server.other.api.get(path)).body.urls.sign_up_url).toBeNull();
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.patch(path, {})).status).toBe(401);
});
