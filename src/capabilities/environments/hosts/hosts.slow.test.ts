import { request } from 'node:http';
import { beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../../../../test/harness.ts';

const server = useServer({ isDevelopment: false });
let path: string;

beforeAll(() => {
  path = `/environments/${server.clientId}/management/hosts`;
});

/** The names of the organizations that an install key sees under a host; `fetch` does not let one choose it. */
const namesUnder = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const headers = { host, authorization: `Bearer ${server.installKey}` };
    request({ hostname, port, path: '/organizations', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

test('a host names the environment of requests that nothing else places', async () => {
  expect(await namesUnder('id.foo-corp.com')).toBe(400);
  const made = await server.install.post(path, { host: 'ID.Foo-Corp.com', kind: 'api' });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ object: 'environment_host', host: 'id.foo-corp.com', kind: 'api' });
  expect((await server.install.get(path)).body.data).toEqual([made.body]);
  // The frame's look-up of hosts may be a second old.
  await vi.waitFor(async () => expect(await namesUnder('id.foo-corp.com:8443')).toBe(200), {
    timeout: 3_000,
  });
});

test('a host belongs to one environment', async () => {
  await server.install.post(path, { host: 'once.foo-corp.com', kind: 'auth' });
  const other = `/environments/${server.other.clientId}/management/hosts`;
  const repeat = await server.install.post(other, { host: 'once.foo-corp.com', kind: 'auth' });
  expect([repeat.status, repeat.body.code]).toEqual([409, 'host_already_used']);
  expect((await server.install.delete(`${other}/once.foo-corp.com`)).status).toBe(404);
  expect((await server.install.delete(`${path}/once.foo-corp.com`)).status).toBe(204);
  expect((await server.install.delete(`${path}/once.foo-corp.com`)).status).toBe(404);
});

test.each([
  { host: 'foo corp', kind: 'api' },
  { host: 'foo.com/path', kind: 'api' },
  { host: 'foo.com', kind: 'cdn' },
])('%j is refused with 422', async (input) => {
  expect((await server.install.post(path, input)).status).toBe(422);
});

test("an environment's own key gives itself no host, and no key gets nowhere", async () => {
  for (const [client, status] of [
    [server.api, 403],
    [server.anonymous, 401],
  ] as const) {
    expect((await client.get('/management/hosts')).status).toBe(status);
    expect((await client.post('/management/hosts', { host: 'a.com', kind: 'api' })).status).toBe(status);
    expect((await client.delete('/management/hosts/a.com')).status).toBe(status);
  }
});
