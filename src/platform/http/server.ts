import {
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
  createServer,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface ListenOptions {
  app: Hono<{ Bindings: HttpBindings }>;
  host: string;
  port: number;
  tls: { cert: string; key: string } | null;
  /** Sees each request first; true when it answers it, whatever the operations are. */
  intercept?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

export interface Listener {
  readonly port: number;
  /** Takes no more connections and lets requests in flight finish, for at most `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

/** Limits against slow and oversized senders (threat X-08). */
const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  // Node's parser in its strict form: ambiguous framing is refused, never guessed (RFC 9112 11.2)
  insecureHTTPParser: false,
};

/**
 * Starts to listen.
 * @throws when the port is taken, with a message that says so
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { app, tls, intercept } = options;
  // Also makes the global Request and Response light ones, which the answers of the frame are made of.
  const handler = getRequestListener((request, bindings) => app.fetch(request, bindings as HttpBindings));
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (intercept?.(request, response) !== true) void handler(request, response);
  };
  const server = tls ? createTlsServer({ ...limits, ...tls }, onRequest) : createServer(limits, onRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(options) : error);
    });
    server.listen(options.port, options.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, drain: (graceMs) => drain(server, graceMs) };
}

function portTaken({ host, port }: ListenOptions): Error {
  return new Error(`${host}:${port} is taken by another program. Set PORT to a free port, or to 0 for any.`);
}

async function drain(server: HttpServer, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  // A kept-alive connection that becomes idle later would hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}
