import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkOS } from '@workos-inc/node';

/** An application's webhook address, as its guide tells to write it: it trusts what the official SDK has verified. */
export interface Receiver {
  url: string;
  /** What was verified, in the order of arrival. */
  received: { id: string; event: string }[];
  /** Requests that could not be verified. */
  refused: number;
  /** What it answers from now on; `hang` is no answer. */
  answer: number | 'hang';
  close(): Promise<void>;
}

export async function startReceiver(secretOf: () => string, port = 0): Promise<Receiver> {
  const sdk = new WorkOS('sk_unused');
  const verify = async (sigHeader: string, body: string): Promise<void> => {
    try {
      const payload = JSON.parse(body) as { id: string; event: string };
      await sdk.webhooks.constructEvent({ payload: { ...payload }, sigHeader, secret: secretOf() });
      receiver.received.push({ id: payload.id, event: payload.event });
    } catch {
      receiver.refused += 1;
    }
  };
  const server: Server = createServer((request, response) => {
    void takeIn(request).then(async (body) => {
      await verify(String(request.headers['workos-signature']), body);
      if (receiver.answer === 'hang') return null;
      return response.writeHead(receiver.answer, { location: '/elsewhere' }).end('taken');
    });
  });
  const receiver: Receiver = {
    url: '',
    received: [],
    refused: 0,
    answer: 200,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  return receiver;
}

async function takeIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
