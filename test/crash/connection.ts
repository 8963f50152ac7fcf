import { Client, errors } from 'undici';
import { z } from 'zod';

/** Where the server is now; a restarted one has another port. */
export interface Target {
  url: string;
  apiKey: string;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Record<string, unknown>;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: object;
  idempotencyKey?: string;
}

/** Longer is a hang: the database's return is waited for by the caller, with 503, not by the server. */
const hangMs = 10_000;

const Body = z.record(z.string(), z.unknown());

/** One kept-alive connection to wherever the server is. */
export interface Connection {
  /** The answer, or null when the connection ended before one came. @throws when the server hangs */
  send(call: Call): Promise<Answer | null>;
  close(): Promise<void>;
}

export function connect(target: Target): Connection {
  let client: Client | undefined;
  let origin = '';
  const current = (): Client => {
    if (client && origin === target.url) return client;
    void client?.destroy();
    origin = target.url;
    client = new Client(origin, { pipelining: 1, headersTimeout: hangMs, bodyTimeout: hangMs });
    return client;
  };
  return {
    async send(call) {
      try {
        const response = await current().request({
          method: call.method,
          path: call.path,
          headers: {
            authorization: `Bearer ${target.apiKey}`,
            ...(call.body ? { 'content-type': 'application/json' } : {}),
            ...(call.idempotencyKey ? { 'idempotency-key': call.idempotencyKey } : {}),
          },
          body: call.body ? JSON.stringify(call.body) : null,
        });
        const text = await response.body.text();
        const body = text === '' ? {} : Body.parse(JSON.parse(text));
        return { status: response.statusCode, headers: response.headers, body };
      } catch (error) {
        if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
          throw error;
        if (error instanceof z.ZodError || error instanceof SyntaxError) throw error;
        return null;
      }
    },
    close: async () => client?.destroy(),
  };
}
