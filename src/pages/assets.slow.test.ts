import { expect, test } from 'vitest';
import { useServer } from '../../test/harness.ts';

const server = useServer();

const pinned = async (): Promise<string> => {
  const { body } = await server.anonymous.get('/_dev/mailbox');
  return /href="(\/_assets\/doorwright\.css\?v=[0-9a-f]{16})"/.exec(body)?.[1] ?? '';
};

test('the address that a page names is kept for ever', async () => {
  const { status, headers } = await server.anonymous.get(await pinned());
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test.each(['', '?v=0000000000000000'])('the address with %j is asked for again each time', async (query) => {
  const { headers } = await server.anonymous.get(`/_assets/doorwright.css${query}`);
  expect(headers.get('cache-control')).toBe('no-cache');
});

test('who holds the content already is answered 304 without it', async () => {
  const first = await server.anonymous.get('/_assets/doorwright.css');
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[0-9a-f]+"$/);
  for (const held of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await server.anonymous.get('/_assets/doorwright.css', {
      headers: { 'if-none-match': held },
    });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect(again.headers.get('etag')).toBe(etag);
  }
  const other = await server.anonymous.get('/_assets/doorwright.css', {
    headers: { 'if-none-match': '"other"' },
  });
  expect(other.status).toBe(200);
});

test('the stylesheet is under 10 kB', async () => {
  const { body } = await server.anonymous.get('/_assets/doorwright.css');
  expect(body.length).toBeLessThan(10_000);
});

test.each([
  '..%2f..%2fpackage.json',
  '..%2fassets.ts',
  '%00',
  'constructor',
  '.',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
])('%s is no file', async (name) => {
  expect((await server.anonymous.get(`/_assets/${name}`)).status).toBeGreaterThanOrEqual(404);
});
