import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { CorpusSource } from '../corpus/source.ts';
import { renderFullText, renderOverview } from '../llms-text.ts';
import { createServer } from '../server.ts';
import { refusalOf } from './guards.ts';
import type { Allowed } from './guards.ts';

const MAX_SESSIONS = 1_000;
const MAX_BODY = 4 * 1024 * 1024;
const ENDPOINTS = new Set(['/mcp', '/']);

export type HttpOptions = {
  readonly port: number;
  readonly host: string;
  readonly isStateless: boolean;
  readonly allowed: Allowed;
  readonly onFault: (error: unknown) => void;
};

export type RunningServer = {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

type Session = { readonly server: Server; readonly transport: StreamableHTTPServerTransport };

/** Serves the protocol at `/mcp` (and `/`), and `llms.txt`. Resolves when the port is open. */
export async function serveHttp(source: CorpusSource, options: HttpOptions): Promise<RunningServer> {
  const sessions = new Sessions(source, options);
  const http = createHttpServer((request, response) => {
    answer(request, response, { source, sessions, options }).catch((error: unknown) => {
      options.onFault(error);
      if (!response.headersSent) refuse(response, 500, 'The server could not answer this.');
      else response.end();
    });
  });
  http.requestTimeout = 60_000;
  const { port } = await listen(http, options);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const close = async () => {
    await sessions.closeAll();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://${host}:${port}/mcp`, port, close };
}

function listen(http: HttpServer, { port, host }: HttpOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => resolve(http.address() as AddressInfo));
  });
}

type Scene = { readonly source: CorpusSource; readonly sessions: Sessions; readonly options: HttpOptions };

async function answer(request: IncomingMessage, response: ServerResponse, scene: Scene): Promise<void> {
  const { host, origin } = request.headers;
  const refusal = refusalOf({ host, origin }, scene.options.allowed);
  if (refusal !== null) {
    refuse(response, 403, refusal);
    return;
  }
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  if (origin !== undefined) allowOrigin(response, origin);
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end();
  } else if (request.method === 'GET' && /\/llms(-full)?\.txt$/.test(path)) {
    const corpus = scene.source.current;
    const text = path.endsWith('-full.txt')
      ? renderFullText(corpus.current)
      : renderOverview(corpus, corpus.current);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  } else if (request.method === 'GET' && path === '/health') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  } else if (!ENDPOINTS.has(path)) {
    refuse(response, 404, 'There is nothing here: the endpoint is /mcp.');
  } else if (scene.options.isStateless) {
    await scene.sessions.answerOnce(request, response);
  } else {
    await scene.sessions.answer(request, response);
  }
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'Origin');
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
  response.setHeader(
    'access-control-allow-headers',
    'content-type, accept, authorization, mcp-session-id, mcp-protocol-version, last-event-id',
  );
  response.setHeader('access-control-expose-headers', 'mcp-session-id');
}

function refuse(response: ServerResponse, status: number, message: string, code = -32_000): void {
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

/** The sessions of the protocol. Beyond a thousand, the one that was used longest ago goes. */
class Sessions {
  private readonly open = new Map<string, Session>();
  private readonly source: CorpusSource;
  private readonly options: HttpOptions;

  constructor(source: CorpusSource, options: HttpOptions) {
    this.source = source;
    this.options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? this.open.get(id) : undefined;
    if (known !== undefined && typeof id === 'string') {
      this.open.delete(id);
      this.open.set(id, known);
      await known.transport.handleRequest(request, response);
    } else if (id !== undefined) {
      refuse(response, 404, 'Session not found', -32_001);
    } else {
      await this.begin(request, response);
    }
  }

  // Only an `initialize` request opens a session: the transport refuses anything else.
  private async begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const server = createServer(this.source, { onFault: this.options.onFault });
    let isOpen = false;
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: MAX_BODY,
      onsessioninitialized: (id) => {
        isOpen = true;
        this.open.set(id, { server, transport });
        this.dropOldest();
      },
      onsessionclosed: (id) => void this.open.delete(id),
    });
    // The SDK declares `onclose?: () => void` in the interface and with undefined in the class.
    await server.connect(transport as Parameters<Server['connect']>[0]);
    await transport.handleRequest(request, response);
    if (!isOpen) await server.close();
  }

  /** Answers a request on its own, with no session before or after it. */
  async answerOnce(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      refuse(response, 405, 'This server keeps no sessions: there is only POST.');
      return;
    }
    const server = createServer(this.source, { onFault: this.options.onFault });
    const transport = new StreamableHTTPServerTransport({
      enableJsonResponse: true,
      maxRequestBodySize: MAX_BODY,
    });
    response.on('close', () => void server.close());
    await server.connect(transport as Parameters<Server['connect']>[0]);
    await transport.handleRequest(request, response);
  }

  private dropOldest(): void {
    const oldest = this.open.size > MAX_SESSIONS ? [...this.open][0] : undefined;
    if (oldest === undefined) return;
    this.open.delete(oldest[0]);
    void oldest[1].server.close();
  }

  async closeAll(): Promise<void> {
    for (const { server } of this.open.values()) await server.close();
    this.open.clear();
  }
}
