import { expect, test, vi } from 'vitest';
import { useServer } from '../../../../test/harness.ts';

const server = useServer();
const path = '/user_management/cors_origins';

test('an origin is listed in its canonical form, once', async () => {
  const { status, body } = await server.api.post(path, { origin: 'HTTPS://App.Example.com:443' });
  expect(status).toBe(201);
  expect(body).toMatchObject({ object: 'cors_origin', origin: 'https://app.example.com' });
  const repeat = await server.api.post(path, { origin: 'https://app.example.com' });
  expect([repeat.status, repeat.body.code]).toEqual([409, 'duplicate_cors_origin']);
  expect((await server.api.get(path)).body.data).toEqual([body]);
});

test.each([
  '*',
  'null',
  'https://*.example.com',
  'https://example.com/path',
  'ftp://example.com',
  'example.com',
])('%s is refused with the constraint that it breaks', async (origin) => {
  const response = await server.api.post(path, { origin });
  expect(response.status).toBe(422);
  expect(response.body.errors).toEqual([{ property: 'origin', constraints: expect.any(Object) }]);
});

test('a removed origin is gone; other environments and missing keys are refused', async () => {
  const { body } = await server.api.post(path, { origin: 'https://gone.example.com' });
  expect((await server.other.api.get(path)).body.data).toEqual([]);
  expect((await server.other.api.delete(`/management/cors_origins/${body.id}`)).status).toBe(404);
  expect((await server.anonymous.delete(`/management/cors_origins/${body.id}`)).status).toBe(401);
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.post(path, { origin: 'https://a.example.com' })).status).toBe(401);
  expect((await server.api.delete(`/management/cors_origins/${body.id}`)).status).toBe(204);
  expect((await server.api.delete(`/management/cors_origins/${body.id}`)).status).toBe(404);
});

test('browsers may call from a listed origin, errors included, and from no other', async () => {
  const origin = 'https://spa.example.com';
  await server.api.post(path, { origin });
  const allowed = async (from: string, target: string) =>
    (await server.api.get(target, { headers: { origin: from } })).headers.get('access-control-allow-origin');
  // The frame's look-up of environments may be a second old.
  await vi.waitFor(async () => expect(await allowed(origin, '/organizations')).toBe(origin), {
    timeout: 3_000,
  });
  expect(await allowed(origin, '/organizations/org_unknown')).toBe(origin);
  expect(await allowed('https://evil.example', '/organizations')).toBeNull();
});
