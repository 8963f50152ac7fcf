import { assert, asyncProperty, string } from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type TestEnvironment, useServer } from '../harness.ts';

const server = useServer();

async function countObjects({ api }: TestEnvironment): Promise<[number, number]> {
  const organizations = await api.get('/organizations?limit=100');
  const events = await api.get('/events?limit=100');
  return [organizations.body.data.length, events.body.data.length];
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a body that is refused writes nothing (X-04)', () => {
  test.each([
    ['malformed JSON', '{"name": "A"', 422],
    ['an empty text', ' ', 422],
    ['two values', '{"name":"A"}{"name":"B"}', 422],
    ['a trailing comma', '{"name":"A",}', 422],
    ['a comment', '{"name":"A"/* */}', 422],
    ['single quotes', "{'name':'A'}", 422],
    ['NaN', '{"name":NaN}', 422],
    ['Infinity', '{"name":Infinity}', 422],
    ['a number beyond doubles', '{"name":1e999}', 422],
    ['a byte order mark twice', '\ufeff\ufeff{"name":"A"}', 422],
    ['the key __proto__', '{"name":"A","__proto__":{"isAdmin":true}}', 422],
    ['the key __proto__, escaped', '{"name":"A","\\u005f_proto__":{"isAdmin":true}}', 422],
    ['the key __proto__ in metadata', '{"name":"A","metadata":{"__proto__":"x"}}', 422],
    ['one key twice', '{"name":"A","name":"B"}', 422],
    ['one key twice, once escaped', '{"name":"A","n\\u0061me":"B"}', 422],
    ['100 levels', `{"name":"A","metadata":${nested(100)}}`, 422],
    ['100,000 levels', nested(100_000), 422],
    ['NUL in a value', '{"name":"A\\u0000B"}', 422],
    ['NUL in a key', '{"name":"A","metadata":{"a\\u0000b":"c"}}', 422],
    ['a raw control character', '{"name":"A\u0001"}', 422],
    ['half of a surrogate pair', '{"name":"\\ud800"}', 422],
    ['an operator object for a text', '{"name":{"$gt":""}}', 422],
    ['a list for a text', '{"name":["A"]}', 422],
    ['a number for a text', '{"name":1}', 422],
    ['a text for a truth', '{"name":"A","allow_profiles_outside_organization":"true"}', 422],
    ['a text for a list', '{"name":"A","domains":"a.example.com"}', 422],
    ['a list for the whole', '[{"name":"A"}]', 422],
    ['null for the whole', 'null', 422],
    ['a text for the whole', '"A"', 422],
  ])('%s', async (_, body, status) => {
    const before = await countObjects(server);
    const response = await server.api.post('/organizations', body);
    expect([response.status, response.body.code]).toEqual([status, 'validation_failed']);
    expect(response.body.message).toEqual(expect.any(String));
    for (const error of response.body.errors) {
      expect(error).toEqual({
        code: expect.any(String),
        field: expect.any(String),
        message: expect.any(String),
      });
    }
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(await countObjects(server)).toEqual(before);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', 'name=A', 415],
    ['plain text', 'text/plain', '{"name":"A"}', 415],
    ['a type that only begins like JSON', 'application/jsonp', '{"name":"A"}', 415],
    ['UTF-16', 'application/json; charset=utf-16', Buffer.from('{"name":"A"}', 'utf16le'), 422],
    ['bytes that are not UTF-8', 'application/json', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 422],
    ['an overlong encoding', 'application/json', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 422],
  ])('%s', async (_, contentType, body, status) => {
    const before = await countObjects(server);
    const response = await fetch(`${server.url}/organizations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': contentType },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    expect(await countObjects(server)).toEqual(before);
  });

  test('any text at all is answered with a 4xx or is an organization', async () => {
    const environment = await server.addEnvironment('sandbox');
    await assert(
      asyncProperty(string({ unit: 'binary', maxLength: 60 }), async (text) => {
        const { status } = await environment.api.post('/organizations', text.toWellFormed());
        expect(status).toBe(422);
        const named = await environment.api.post('/organizations', { name: text });
        expect([201, 422]).toContain(named.status);
        if (named.status === 201) expect(named.body.name).toBe(text.trim());
      }),
      { numRuns: 40 },
    );
  });

  test('keys that only look dangerous are kept as they are', async () => {
    const metadata = { constructor: 'x', prototype: 'y', toString: 'z', hasOwnProperty: 'w' };
    const { status, body } = await server.api.post('/organizations', { name: 'Keys', metadata });
    expect([status, body.metadata]).toEqual([201, metadata]);
  });
});

describe('paths and queries', () => {
  test.each([
    ['NUL in a path', '/organizations/org_%00', 422],
    ['NUL in a query', '/organizations?search=a%00b', 422],
    ['NUL in the name of a parameter that nobody reads', '/organizations?a%00b=1', 200],
    ['a broken escape in a path', '/organizations/%E0%A4%A', 404],
    ['a lone escape sign', '/organizations/%', 404],
    ['bytes that are no UTF-8', '/organizations/%ff%fe', 404],
    ['a very long id', `/organizations/${'a'.repeat(5_000)}`, 422],
    ['prototype names as parameters', '/organizations?__proto__=1&constructor=2', 200],
    ['a search of a thousand characters', `/organizations?search=${'a'.repeat(1_000)}`, 422],
    ['wildcards in a search', '/organizations?search=%25_%5C', 200],
    ['an unknown path', '/nothing', 404],
    ['an unknown path with traversal', '/organizations/../../etc/passwd', 404],
    ['a doubled slash', '//organizations', 404],
    ['a trailing slash', '/organizations/', 404],
    ['another case', '/Organizations', 404],
    ['a script of a PHP scanner', '/wp-login.php', 404],
  ])('%s', async (_, path, expected) => {
    const { status, body } = await server.api.get(path);
    expect(status).toBe(expected);
    if (status !== 200) expect(body).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  });

  test('a method that a path does not have answers 404 in the documented shape', async () => {
    const { status, body } = await server.api.patch('/organizations', {});
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  test('somebody at a browser who lost the way gets a page, and at the bare address is told where to go', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
    const lost = await server.anonymous.get('/nowhere', { headers });
    expect(lost.status).toBe(404);
    expect(lost.headers.get('content-type')).toMatch(/^text\/html/);
    expect(lost.body).toContain('There is nothing at this address.');
    expect((await server.anonymous.get('/', { headers })).status).toBe(400);
    await server.api.patch('/management/settings', {
      urls: { sign_in_url: 'https://app.example.com/login' },
    });
    const start = await server.anonymous.get('/', { headers });
    expect([start.status, start.headers.get('location')]).toEqual([302, 'https://app.example.com/login']);
  });

  test('HEAD answers as GET does, without a body', async () => {
    const { body } = await server.api.post('/organizations', { name: 'Head' });
    const ask = (path: string, key: string) =>
      fetch(server.url + path, { method: 'HEAD', headers: { authorization: `Bearer ${key}` } });
    const found = await ask(`/organizations/${body.id}`, server.apiKey);
    expect([found.status, await found.text()]).toEqual([200, '']);
    expect((await ask('/organizations/org_unknown', server.apiKey)).status).toBe(404);
    expect((await ask(`/organizations/${body.id}`, 'sk_test_wrong')).status).toBe(401);
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '/organizations') =>
    fetch(server.url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  test('a preflight from a registered origin names what is allowed, any other nothing', async () => {
    const origin = 'https://app.cors.example.com';
    await server.api.post('/user_management/cors_origins', { origin });
    // The list of origins may be a second old.
    await vi.waitFor(
      async () => expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin),
      { timeout: 3_000 },
    );
    const allowed = await preflight(origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(allowed.headers.get('vary')).toBe('Origin');
    const others = [
      `${origin}.evil.example`,
      'https://evil.example',
      'null',
      origin.replace('https', 'http'),
    ];
    for (const other of others) {
      const { headers } = await preflight(other);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('another environment’s origin gets no access to this one’s answers', async () => {
    const origin = 'https://other.cors.example.com';
    await server.other.api.post('/user_management/cors_origins', { origin });
    await vi.waitFor(
      async () => expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin),
      { timeout: 3_000 },
    );
    const { headers } = await server.api.get('/organizations', { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('vary')).toBe('Origin');
  });
});
