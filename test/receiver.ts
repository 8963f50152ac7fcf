import { once } from 'node:events';
import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came to a receiver. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** By `performance.now`. */
  atMs: number;
}

/** How a receiver answers. */
export type Behaviour = (response: ServerResponse, received: Received) => void;

/** A server that takes webhooks, well or badly. */
export interface Receiver {
  url: string;
  received: Received[];
  /** Bodies, parsed. */
  events(): { id: string; event: string; data: Record<string, unknown> }[];
  behave(behaviour: Behaviour): void;
  /** Breaks every connection and takes none, until `revive`. */
  die(): Promise<void>;
  revive(): Promise<void>;
  close(): Promise<void>;
}

export const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

/** Takes the request and never answers. */
export const hang: Behaviour = () => undefined;

export const reset: Behaviour = (response) => {
  response.socket?.resetAndDestroy();
};

/** Answers 200 at once, and a byte of the body each second. */
export const drip: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const timer = setInterval(() => response.write('.'), 1_000);
  response.on('close', () => clearInterval(timer));
  response.write('.');
};

/** Answers 200 and a body without an end, as fast as it is read. */
export const flood: Behaviour = (response) => {
  response.writeHead(200);
  const chunk = Buffer.alloc(65_536, 'x');
  const fill = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', fill);
  fill();
};

/** Answers with headers beyond any limit. */
export const floodHeaders: Behaviour = (response) => {
  response.socket?.write(`HTTP/1.1 200 OK\r\n${'x-filler: 0123456789\r\n'.repeat(10_000)}`);
};

/** Starts a receiver on loopback that answers 200. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let behaviour: Behaviour = answer(200, 'ok');
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const one = { path: request.url ?? '', headers: request.headers, body, atMs: performance.now() };
      received.push(one);
      behaviour(response, one);
    });
  });
  const open = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await open(0);
  const { port } = server.address() as AddressInfo;
  const die = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    events: () => received.map(({ body }) => JSON.parse(body)),
    behave: (next) => {
      behaviour = next;
    },
    die,
    revive: () => open(port),
    close: die,
  };
}
