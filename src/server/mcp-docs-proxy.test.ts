// The proxy with small children of its own: what happens when one doesn't start, keeps dying, or streams.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '../platform/log.ts';
import { createDocsChild, pauseMs } from './mcp-docs-child.ts';
import { type DocsProxy, createDocsProxy } from './mcp-docs-proxy.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A child that answers each request with what `answer` is, as a program text. */
const program = (answer: string): string => `
import { createServer } from 'node:http';
const server = createServer((request, response) => { ${answer} });
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());`;

async function start(text: string | null): Promise<{ url: string; proxy: DocsProxy }> {
  const folder = mkdtempSync(join(tmpdir(), 'docs-proxy-'));
  const file = join(folder, 'child.mjs');
  if (text !== null) writeFileSync(file, text);
  const log = createLog('silent', { write: () => undefined });
  const child = createDocsChild({ program: file, args: [], log, now: () => performance.now() });
  const proxy = createDocsProxy({ child, log, externalUrl: 'https://id.example.com' });
  const server: Server = createServer((request, response) => {
    if (!proxy.intercept(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    await proxy.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp/docs`, proxy };
}

test('a program that is not built is a 503 that says what to do', async () => {
  const { url } = await start(null);
  const response = await fetch(url, { method: 'POST', body: '{}' });
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('npm run build');
});

test('a child that dies at once is tried again, then left alone for a while', async () => {
  const { url } = await start('process.exit(3);');
  const statuses: number[] = [];
  let retryAfter: string | null = null;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const response = await fetch(url, { method: 'POST', body: '{}' });
    statuses.push(response.status);
    retryAfter = response.headers.get('retry-after');
  }
  expect(statuses).toEqual([503, 503, 503, 503]);
  expect(Number(retryAfter)).toBeGreaterThan(0);
  expect([1, 2, 3, 20].map(pauseMs)).toEqual([0, 250, 500, 30_000]);
});

test('a child that dies while it answers is replaced, and the call is made once more', async () => {
  const { url } = await start(
    program(`import('node:fs').then(({ existsSync, writeFileSync }) => {
      const mark = process.argv[1] + '.died';
      if (existsSync(mark)) return response.end('answered');
      writeFileSync(mark, '');
      process.exit(1);
    });`),
  );
  const response = await fetch(url, { method: 'POST', body: '{}' });
  expect(await response.text()).toBe('answered');
});

test('the child is asked under a loopback name, without credentials, and by the origin of this machine only', async () => {
  const { url } = await start(
    program('response.setHeader("set-cookie", "a=b"); response.end(JSON.stringify(request.headers));'),
  );
  const headers = {
    authorization: 'Bearer x',
    cookie: 'a=b',
    origin: 'https://id.example.com',
    'mcp-session-id': 's1',
  };
  const response = await fetch(url, { method: 'DELETE', headers });
  const seen = (await response.json()) as Record<string, string>;
  expect(seen['host']).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(seen).toMatchObject({ 'mcp-session-id': 's1' });
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['authorization']));
  expect([seen['cookie'], seen['origin'], response.headers.get('set-cookie')]).toEqual([
    undefined,
    undefined,
    null,
  ]);
});

test.each([
  'https://evil.example',
  'null',
  'https://localhost.evil.example',
  'http://127.0.0.1.evil.example',
])('a page of %s is refused before anything is started', async (origin) => {
  const { url } = await start(null);
  expect((await fetch(url, { method: 'POST', body: '{}', headers: { origin } })).status).toBe(403);
});

test('events arrive while the answer is still open, and a drain ends it', async () => {
  const { url, proxy } = await start(
    program(
      'response.writeHead(200, { "content-type": "text/event-stream" }); response.write("data: 1\\n\\n");',
    ),
  );
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const first = await reader.read();
  expect(Buffer.from(first.value ?? []).toString()).toBe('data: 1\n\n');
  proxy.endStreams();
  expect((await reader.read()).done).toBe(true);
});

test('a client that goes away takes its request to the child with it', async () => {
  const { url } = await start(
    program(`
      if (request.method === 'GET') { response.write('x'); response.on('close', () => { globalThis.closed = true; }); }
      else { const wait = () => globalThis.closed ? response.end('closed') : setTimeout(wait, 5); wait(); }`),
  );
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  expect(response.status).toBe(200);
  abort.abort();
  expect(await (await fetch(url, { method: 'POST', body: '{}' })).text()).toBe('closed');
});
