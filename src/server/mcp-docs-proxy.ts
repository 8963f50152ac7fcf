import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, request } from 'node:http';
import { pipeline } from 'node:stream';
import type { Log } from '../platform/log.ts';
import { type DocsChild, DocsUnavailable } from './mcp-docs-child.ts';

/** Serves what the frame doesn't: true when it took the request. */
export type Interceptor = (incoming: IncomingMessage, response: ServerResponse) => boolean;

export interface DocsProxy {
  readonly intercept: Interceptor;
  /** Ends the streams that stay open by design, so that a drain has an end. */
  endStreams(): void;
  stop(): Promise<void>;
}

export interface DocsProxyOptions {
  readonly child: DocsChild;
  readonly log: Log;
  /** The origin of the product itself; pages of this machine may call too. */
  readonly externalUrl: string | undefined;
}

const prefix = '/mcp/docs';
const targets = new Map([
  [prefix, '/mcp'],
  [`${prefix}/`, '/mcp'],
  [`${prefix}/llms.txt`, '/llms.txt'],
  [`${prefix}/llms-full.txt`, '/llms-full.txt'],
]);
const methods = new Set(['GET', 'POST', 'DELETE', 'OPTIONS']);
const bodyLimit = 4 * 1024 * 1024;
const loopback = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

// Only what the protocol needs goes through: no cookie and no key leaves this process.
const requestHeaders = [
  'accept',
  'content-type',
  'mcp-session-id',
  'mcp-protocol-version',
  'last-event-id',
  'access-control-request-method',
  'access-control-request-headers',
];
const responseHeaders = [
  'content-type',
  'cache-control',
  'allow',
  'mcp-session-id',
  'vary',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
];

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(message);
  }
}

/** Makes `/mcp/docs` the docs server of the child. Nothing is started before the first request. */
export function createDocsProxy({ child, log, externalUrl }: DocsProxyOptions): DocsProxy {
  const ownOrigin = externalUrl === undefined ? null : new URL(externalUrl).origin;
  const streams = new Set<ServerResponse>();
  const serve = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    target: string,
  ): Promise<void> => {
    refuseForeign(incoming, ownOrigin);
    const call = { incoming, response, target, body: await readBody(incoming) };
    if (incoming.method === 'GET') {
      streams.add(response);
      response.once('close', () => streams.delete(response));
    }
    const port = await child.port();
    if (!(await forward(call, port))) return;
    // The child died between two requests. Reading documentation twice does no harm.
    if (!(await forward(call, await child.nextPort(port)))) return;
    throw new DocsUnavailable('The documentation server ended.', 1);
  };
  return {
    intercept: (incoming, response) => {
      const target = targets.get((incoming.url ?? '').replace(/\?.*$/, ''));
      if (target === undefined) return false;
      serve(incoming, response, target).catch((error: unknown) => refuse(response, error, log));
      return true;
    },
    endStreams: () => {
      for (const response of streams) response.end();
    },
    stop: () => child.stop(),
  };
}

/** A page of anywhere can make a browser send requests here; the origin that the browser adds says which page it is. */
function refuseForeign(
  { method = '', headers: { origin } }: IncomingMessage,
  ownOrigin: string | null,
): void {
  if (!methods.has(method)) {
    throw new Refusal(405, 'There is only GET, POST and DELETE.', { allow: 'GET, POST, DELETE' });
  }
  if (origin === undefined || origin === ownOrigin || loopback.test(origin)) return;
  throw new Refusal(403, 'Pages of this origin may not call the documentation server.');
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > bodyLimit) throw new Refusal(413, 'A message has at most 4 MiB.', { connection: 'close' });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

interface Call {
  incoming: IncomingMessage;
  response: ServerResponse;
  target: string;
  body: Buffer;
}

/** Sends the call to the child and its answer back, as it comes. True when the child was gone before it answered. */
function forward({ incoming, response, target, body }: Call, port: number): Promise<boolean> {
  const headers = pick(incoming.headers, requestHeaders);
  const { origin } = incoming.headers;
  // The child knows the pages of this machine only; our own page needs no permission of it.
  if (origin !== undefined && loopback.test(origin)) headers['origin'] = origin;
  if (body.length > 0) headers['content-length'] = body.length;
  headers['host'] = `127.0.0.1:${port}`;
  return new Promise((resolve, reject) => {
    // A kept connection that the child has just closed would look as if the child were gone.
    const where = { host: '127.0.0.1', port, path: target, agent: false };
    const outgoing = request({ ...where, method: incoming.method, headers });
    response.once('close', () => outgoing.destroy());
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent || response.destroyed) resolve(false);
      else if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(true);
      else reject(error);
    });
    outgoing.once('response', (answer) => {
      const passed = { ...pick(answer.headers, responseHeaders), 'x-content-type-options': 'nosniff' };
      response.writeHead(answer.statusCode ?? 502, passed);
      response.flushHeaders();
      pipeline(answer, response, () => resolve(false));
    });
    outgoing.end(body);
  });
}

function pick(headers: IncomingMessage['headers'], names: readonly string[]): OutgoingHttpHeaders {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

/** JSON-RPC has an error of its own shape, which the clients of the protocol read. */
function refuse(response: ServerResponse, error: unknown, log: Log): void {
  if (response.headersSent || response.destroyed) {
    response.end();
    return;
  }
  const { status, headers, message } = explain(error, log);
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } });
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(body);
}

function explain(error: unknown, log: Log): Pick<Refusal, 'status' | 'headers' | 'message'> {
  if (error instanceof Refusal) return error;
  if (error instanceof DocsUnavailable) {
    const seconds = error.retryAfterSeconds;
    const headers = seconds === null ? {} : { 'retry-after': String(seconds) };
    return { status: 503, headers, message: error.message };
  }
  log.error({ err: error }, 'docs proxy failed');
  return { status: 502, headers: {}, message: 'The documentation server gave no answer.' };
}
