import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';

const server = useServer();

const nouns = [
  ['redirect URIs', '/user_management/redirect_uris', '/management/redirect_uris'],
  ['sign-out redirects', '/management/sign_out_redirects', '/management/sign_out_redirects'],
] as const;

test.each(nouns)(
  'the first of the %s becomes the default, and the default can move',
  async (_, path, management) => {
    const { api } = await server.addEnvironment('sandbox');
    const first = await api.post(path, { uri: 'https://example.com/callback' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      object: 'redirect_uri',
      uri: 'https://example.com/callback',
      default: true,
    });
    expect(first.body.id).toMatch(/^redir_/);
    const second = await api.post(path, { uri: 'http://localhost:3000/callback' });
    expect(second.body.default).toBe(false);
    expect((await api.patch(`${management}/${second.body.id}`, { default: true })).body.default).toBe(true);
    const { body } = await api.get(path);
    expect(body.data.map(({ default: isDefault }: { default: boolean }) => isDefault)).toEqual([true, false]);
  },
);

test.each(nouns)('the default of the %s cannot be deleted, another can', async (_, path) => {
  const { api } = await server.addEnvironment('sandbox');
  const first = (await api.post(path, { uri: 'https://a.example.com/' })).body;
  const second = (await api.post(path, { uri: 'https://b.example.com/' })).body;
  expect((await api.delete(`${path}/${first.id}`)).status).toBe(409);
  expect((await api.delete(`${path}/${second.id}`)).status).toBe(204);
  expect((await api.delete(`${path}/${second.id}`)).status).toBe(404);
});

test.each(nouns)(
  '%s of another environment are out of reach, and no key gets nowhere',
  async (_, path, management) => {
    const { body } = await server.api.post(path, { uri: 'https://mine.example.com/' });
    expect((await server.other.api.get(path)).body.data).toEqual([]);
    expect((await server.other.api.delete(`${path}/${body.id}`)).status).toBe(404);
    expect((await server.other.api.patch(`${management}/${body.id}`, { default: true })).status).toBe(404);
    expect((await server.anonymous.get(path)).status).toBe(401);
    expect((await server.anonymous.post(path, { uri: 'https://a.example.com/' })).status).toBe(401);
    expect((await server.anonymous.delete(`${path}/${body.id}`)).status).toBe(401);
    expect((await server.anonymous.patch(`${management}/${body.id}`, { default: true })).status).toBe(401);
  },
);

test('a URI is registered once', async () => {
  const input = { uri: 'https://once.example.com/' };
  await server.api.post('/user_management/redirect_uris', input);
  const repeat = await server.api.post('/user_management/redirect_uris', input);
  expect(repeat.status).toBe(422);
  expect(repeat.body.message).toBe("Redirect URI 'https://once.example.com/' already exists.");
});

test('a wildcard is accepted and never becomes the default', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const made = await api.post('/user_management/redirect_uris', {
    uri: 'https://pr-*.preview.example.com/cb',
  });
  expect(made.body.default).toBe(false);
  const response = await api.patch(`/management/redirect_uris/${made.body.id}`, { default: true });
  expect([response.status, response.body.errors[0].code]).toEqual([422, 'wildcard_default']);
});

test.each([
  ['http://example.com/cb', 'https_required'],
  ['http://localhost/cb', 'https_required'],
])('%s is refused in production and accepted in a sandbox', async (uri, code) => {
  const production = await server.addEnvironment('production');
  const refused = await production.api.post('/user_management/redirect_uris', { uri });
  expect([refused.status, refused.body.errors[0]]).toEqual([
    422,
    expect.objectContaining({ field: 'uri', code }),
  ]);
  expect((await server.api.post('/user_management/redirect_uris', { uri })).status).toBe(201);
});

test('parallel first registrations leave exactly one default', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const paths = Array.from({ length: 8 }, (_, index) => `https://example.com/${index}`);
  await Promise.all(paths.map((uri) => api.post('/user_management/redirect_uris', { uri })));
  const { body } = await api.get('/user_management/redirect_uris');
  expect(body.data.filter(({ default: isDefault }: { default: boolean }) => isDefault)).toHaveLength(1);
});
