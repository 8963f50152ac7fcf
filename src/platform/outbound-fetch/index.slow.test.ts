import { execFileSync } from 'node:child_process';
import { type RequestListener, type Server, createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  type Server as NetServer,
  type Socket,
  createServer as createNetServer,
} from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { type OutboundCode, OutboundError, type OutboundFetch, createOutboundFetch } from './index.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server | NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function serveHttp(listener: RequestListener): Promise<number> {
  const server = createHttpServer(listener);
  closers.push(() => server.closeAllConnections());
  return listen(server);
}

/** A server of raw bytes, for answers that node:http cannot be made to give. */
async function serveBytes(talk: (socket: Socket) => void): Promise<number> {
  const server = createNetServer((socket) => {
    socket.on('error', () => {});
    closers.push(() => socket.destroy());
    talk(socket);
  });
  return listen(server);
}

/** A server that must never be reached: counts connections. */
async function serveCanary(): Promise<{ port: number; contacts: () => number }> {
  let contacts = 0;
  const port = await serveBytes((socket) => {
    contacts++;
    socket.destroy();
  });
  return { port, contacts: () => contacts };
}

function open(options: Partial<Parameters<typeof createOutboundFetch>[0]> = {}): OutboundFetch {
  const outbound = createOutboundFetch({ allowLoopback: true, allowedNetworks: [], ...options });
  closers.push(() => void outbound.close());
  return outbound;
}

async function failure(work: Promise<unknown>): Promise<OutboundError> {
  const error = await work.then(
    () => new Error('the request succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutboundError)) throw error;
  return error;
}

const codeOf = async (work: Promise<unknown>): Promise<OutboundCode> => (await failure(work)).code;

test('method, headers and body arrive, and status, headers and body come back', async () => {
  const port = await serveHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(418, {
        'x-method': request.method,
        'x-seen': request.headers['x-sent'],
        'x-url': request.url,
      });
      response.end(Buffer.concat(chunks));
    });
  });
  const answer = await open().fetch(`http://127.0.0.1:${port}/a?b=c#d`, {
    method: 'POST',
    headers: { 'x-sent': 'yes' },
    body: '{"é":1}',
  });
  expect(answer.status).toBe(418);
  expect(answer.headers).toMatchObject({ 'x-method': 'POST', 'x-seen': 'yes', 'x-url': '/a?b=c' });
  expect(answer.body.toString()).toBe('{"é":1}');
});

describe('a forbidden destination is refused at save and at send, without contact (threat H-01)', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.0.0.1.',
    '１２７.0.0.1',
    '0',
    '0.0.0.0',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    'loc%61lhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '10.0.0.1',
    '[fc00::1]',
  ];
  test.each(hosts)('%s', async (host) => {
    const canary = await serveCanary();
    const blocked: string[] = [];
    const outbound = open({ allowLoopback: false, log: ({ address }) => blocked.push(address) });
    const url = `http://${host}:${canary.port}/`;
    expect(await outbound.checkUrl(url)).toMatchObject({ ok: false, error: { code: 'blocked_address' } });
    expect(await codeOf(outbound.fetch(url))).toBe('blocked_address');
    expect(canary.contacts()).toBe(0);
    expect(blocked).toHaveLength(2);
  });

  test('a name that resolves to a private address, or to a public and a private one', async () => {
    const canary = await serveCanary();
    for (const addresses of [
      ['127.0.0.1'],
      ['93.184.216.34', '127.0.0.1'],
      ['::ffff:10.0.0.1'],
      ['garbage'],
    ]) {
      const outbound = open({ allowLoopback: false, lookup: async () => addresses });
      const url = `http://internal.example:${canary.port}/`;
      expect(await outbound.checkUrl(url)).toMatchObject({ ok: false, error: { code: 'blocked_address' } });
      const error = await failure(outbound.fetch(url));
      expect(error.code).toBe('blocked_address');
      expect(error.message).not.toContain(addresses[0]);
    }
    expect(canary.contacts()).toBe(0);
  });
});

describe('rebinding (threat H-02)', () => {
  // 192.0.2.1 (documentation, unroutable) plays the public address.
  const allowedNetworks = ['192.0.2.1/32'];
  const alternate = (): { lookup: () => Promise<string[]>; asked: () => number } => {
    let asked = 0;
    return { lookup: async () => [asked++ % 2 === 0 ? '192.0.2.1' : '127.0.0.1'], asked: () => asked };
  };

  test('one request resolves once and connects to what was checked, never to the second answer', async () => {
    const canary = await serveCanary();
    const { lookup, asked } = alternate();
    const outbound = open({ allowLoopback: false, allowedNetworks, lookup });
    const code = await codeOf(outbound.fetch(`http://rebind.example:${canary.port}/`, { timeoutMs: 300 }));
    expect(['timeout', 'connection_failed']).toContain(code);
    expect(asked()).toBe(1);
    expect(canary.contacts()).toBe(0);
  });

  test('a name that was public when saved and is loopback when sent is refused when sent', async () => {
    const canary = await serveCanary();
    const outbound = open({ allowLoopback: false, allowedNetworks, lookup: alternate().lookup });
    const url = `http://rebind.example:${canary.port}/`;
    expect((await outbound.checkUrl(url)).ok).toBe(true);
    expect(await codeOf(outbound.fetch(url))).toBe('blocked_address');
    expect(canary.contacts()).toBe(0);
  });

  test('the connection goes to the looked-up address while the Host header keeps the name', async () => {
    const port = await serveHttp((request, response) => response.end(request.headers.host));
    const outbound = open({ lookup: async () => ['127.0.0.1'] });
    const { body } = await outbound.fetch(`http://hook.example:${port}/`);
    expect(body.toString()).toBe(`hook.example:${port}`);
  });
});

test.each([301, 302, 303, 307, 308])('a %i is returned and not followed (threat H-03)', async (status) => {
  const canary = await serveCanary();
  const port = await serveHttp((_request, response) => {
    response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/` }).end();
  });
  const answer = await open().fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' });
  expect(answer.status).toBe(status);
  expect(canary.contacts()).toBe(0);
});

describe('a hostile receiver is cut off (threat H-04)', () => {
  /** Sends `text` every 20 ms until the other side closes; resolves `closed` then. */
  function drip(text: string, head = ''): { talk: (socket: Socket) => void; closed: Promise<void> } {
    let done: () => void = () => {};
    const closed = new Promise<void>((resolve) => (done = resolve));
    const talk = (socket: Socket): void => {
      socket.write(head);
      const timer = setInterval(() => socket.write(text), 20);
      socket.on('close', () => {
        clearInterval(timer);
        done();
      });
    };
    return { talk, closed };
  }

  test.each([
    ['silence', '', ''],
    ['a body one byte at a time', 'x', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'],
    ['a chunked body without end', '1\r\nx\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['headers one byte at a time', 'x', 'HTTP/1.1 200 OK\r\nx-a: '],
    ['interim answers without end', 'HTTP/1.1 102 Processing\r\n\r\n', ''],
  ])('%s: the timeout covers the whole exchange and closes the connection', async (_name, text, head) => {
    const { talk, closed } = drip(text, head);
    const port = await serveBytes(talk);
    const start = performance.now();
    expect(await codeOf(open().fetch(`http://127.0.0.1:${port}/`, { timeoutMs: 250 }))).toBe('timeout');
    expect(performance.now() - start).toBeLessThan(1_500);
    await closed;
  });

  test('a name server that never answers counts towards the timeout', async () => {
    const outbound = open({ lookup: () => new Promise<string[]>(() => {}) });
    expect(await codeOf(outbound.fetch('http://slow.example/', { timeoutMs: 100 }))).toBe('timeout');
  });

  test('headers without end stop at 16 KiB', async () => {
    const { talk, closed } = drip(`x-a: ${'a'.repeat(1_000)}\r\n`.repeat(20), 'HTTP/1.1 200 OK\r\n');
    const port = await serveBytes(talk);
    expect(await codeOf(open().fetch(`http://127.0.0.1:${port}/`))).toBe('too_large');
    await closed;
  });

  test('a body of 100 MB stops at the limit', async () => {
    let sent = 0;
    const port = await serveBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n');
      const chunk = Buffer.alloc(65_536);
      const pump = (): void => {
        while (!socket.destroyed && sent < 100_000_000) {
          sent += chunk.length;
          if (!socket.write(chunk)) return;
        }
      };
      socket.on('drain', pump);
      pump();
    });
    expect(await codeOf(open().fetch(`http://127.0.0.1:${port}/`))).toBe('too_large');
    expect(sent).toBeLessThan(20_000_000);
  });

  test('a body of exactly the limit is returned and one byte more is not', async () => {
    const port = await serveHttp((_request, response) => response.end('12345678'));
    const url = `http://127.0.0.1:${port}/`;
    expect((await open().fetch(url, { maxResponseBytes: 8 })).body.toString()).toBe('12345678');
    expect(await codeOf(open().fetch(url, { maxResponseBytes: 7 }))).toBe('too_large');
  });

  test('a larger body can be cut: its beginning is returned with the status, and the connection is closed', async () => {
    let sent = 0;
    let isClosed = false;
    const port = await serveBytes((socket) => {
      socket.on('close', () => (isClosed = true));
      socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 100000000\r\n\r\n');
      const chunk = Buffer.alloc(65_536, 'x');
      const pump = (): void => {
        while (!socket.destroyed && sent < 100_000_000) {
          sent += chunk.length;
          if (!socket.write(chunk)) return;
        }
      };
      socket.on('drain', pump);
      pump();
    });
    const limits = { maxResponseBytes: 10, isCutWhenLarger: true };
    const answer = await open().fetch(`http://127.0.0.1:${port}/`, limits);
    expect([answer.status, answer.body.toString()]).toEqual([202, 'x'.repeat(10)]);
    await vi.waitFor(() => expect(isClosed).toBe(true), { timeout: 20_000 });
    expect(sent).toBeLessThan(20_000_000);
  });

  test('a compressed answer is not expanded', async () => {
    const port = await serveHttp((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('raw');
    });
    expect((await open().fetch(`http://127.0.0.1:${port}/`)).body.toString()).toBe('raw');
  });

  test.each<[string, string, OutboundCode]>([
    ['HTTP/0.9', 'hello', 'invalid_response'],
    ['a banner of another protocol', 'SSH-2.0-OpenSSH\r\n', 'invalid_response'],
    ['a truncated body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', 'connection_failed'],
    ['nothing', '', 'connection_failed'],
  ])('%s', async (_name, bytes, code) => {
    const port = await serveBytes((socket) => socket.once('data', () => socket.end(bytes)));
    expect(await codeOf(open().fetch(`http://127.0.0.1:${port}/`))).toBe(code);
  });

  test('a reset', async () => {
    const port = await serveBytes((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await codeOf(open().fetch(`http://127.0.0.1:${port}/`))).toBe('connection_failed');
  });

  test('a closed port, a name that does not exist, and TLS that is not TLS', async () => {
    const { port } = await serveCanary();
    for (const close of closers.splice(0)) close();
    expect(await codeOf(open().fetch(`http://127.0.0.1:${port}/`))).toBe('connection_failed');
    const lookup = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await codeOf(open({ lookup }).fetch('http://missing.example/'))).toBe('name_not_found');
    const plain = await serveHttp((_request, response) => response.end());
    expect(await codeOf(open().fetch(`https://127.0.0.1:${plain}/`))).toBe('tls_failed');
  });

  test('one stalled request does not hold up another to the same origin', async () => {
    const port = await serveHttp((request, response) => {
      if (request.url !== '/stall') response.end('fast');
    });
    const outbound = open();
    const stalled = codeOf(outbound.fetch(`http://127.0.0.1:${port}/stall`, { timeoutMs: 500 }));
    const answer = await outbound.fetch(`http://127.0.0.1:${port}/`, { timeoutMs: 400 });
    expect(answer.body.toString()).toBe('fast');
    expect(await stalled).toBe('timeout');
  });
});

test.each([
  '',
  'hook',
  '//a.example',
  'ftp://a.example',
  'file:///etc/passwd',
  'http://u:p@a.example/',
  'http://',
  'http://[fe80::1%25eth0]/',
])('%j is not a URL to send to', async (url) => {
  expect(await codeOf(open().fetch(url))).toBe('invalid_url');
  expect(await open().checkUrl(url)).toMatchObject({ ok: false, error: { code: 'invalid_url' } });
});

test.each([
  { host: 'evil' },
  { 'Content-Length': '1' },
  { 'transfer-encoding': 'chunked' },
  { 'Proxy-Authorization': 'x' },
  { 'x-a': 'b\r\nx-c: d' },
  { 'x\r\n': 'b' },
])('the header %j is not sent', async (headers) => {
  const canary = await serveHttp((_request, response) => response.end());
  const error = await codeOf(open().fetch(`http://127.0.0.1:${canary}/`, { headers: { ...headers } }));
  expect(error).toBe('invalid_request');
});

test('no part of a URL that may be secret is in an error (threat H-09)', async () => {
  const port = await serveBytes((socket) => socket.once('data', () => socket.end('secret-answer')));
  const urls = [
    `http://127.0.0.1:${port}/secret-path?token=secret-query#secret`,
    'http://secret-user:secret-pw@a.example/',
  ];
  for (const url of urls) {
    const error = await failure(open().fetch(url));
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('secret');
  }
});

/** A key and self-signed certificate in one PEM text, or null where there is no openssl to make it. */
function makeCertificate(): string | null {
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=127.0.0.1';
  try {
    const args = [...request.split(' '), '-keyout', '-', '-out', '-'];
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

const certificate = makeCertificate();

test('an untrusted certificate is refused, even with NODE_TLS_REJECT_UNAUTHORIZED=0', async ({ skip }) => {
  skip(!certificate, 'openssl is not installed: apt-get install openssl');
  let requests = 0;
  const pem = certificate ?? '';
  const server = createHttpsServer({ key: pem, cert: pem }, (_request, response) => {
    requests++;
    response.end();
  });
  const port = await listen(server);
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    expect(await codeOf(open().fetch(`https://127.0.0.1:${port}/`))).toBe('tls_failed');
    expect(requests).toBe(0);
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
});

test('a proxy named by the process’s surroundings is not used', async () => {
  const proxy = await serveCanary();
  const port = await serveHttp((_request, response) => response.end('direct'));
  const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY'];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
  try {
    const answer = await open().fetch(`http://127.0.0.1:${port}/`);
    expect(answer.body.toString()).toBe('direct');
    expect(proxy.contacts()).toBe(0);
  } finally {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

test('a cookie that was set is not sent back', async () => {
  const cookies: unknown[] = [];
  const port = await serveHttp((request, response) => {
    cookies.push(request.headers.cookie);
    response.writeHead(200, { 'set-cookie': 'a=1' }).end();
  });
  const outbound = open();
  await outbound.fetch(`http://127.0.0.1:${port}/`);
  await outbound.fetch(`http://127.0.0.1:${port}/`);
  expect(cookies).toEqual([undefined, undefined]);
});

test('a name that does not resolve may be saved, and is judged when used', async () => {
  const outbound = open({ allowLoopback: false, lookup: () => Promise.reject(new Error('no network')) });
  expect((await outbound.checkUrl('https://hook.example/a')).ok).toBe(true);
  expect(await codeOf(outbound.fetch('https://hook.example/a'))).toBe('name_not_found');
});
