import { WorkOS } from '@workos-inc/node';
import { findOperation, readFacts } from '../contract/facts.ts';
import { type ServerOptions, type TestEnvironment, type TestServer, useServer } from '../harness.ts';
import { beforeAll } from 'vitest';

/** One call that an SDK made, and what the server answered. */
export interface SdkCall {
  method: string;
  path: string;
  status: number;
  requestId: string | null;
  userAgent: string;
}

export interface SdkServer extends TestServer {
  /** Every call of this file's SDKs so far. */
  calls: SdkCall[];
  /** The unmodified SDK with this key; `fetchFn` is the SDK's own option. */
  sdkOf(environment: Pick<TestEnvironment, 'apiKey'>, fetchFn?: typeof fetch): WorkOS;
}

/** As `useServer`, with an SDK whose calls are written down. */
export function useSdk(options: ServerOptions = {}): SdkServer {
  const server = useServer(options) as SdkServer;
  const calls: SdkCall[] = [];
  beforeAll(() => {
    const send = async (...[input, init]: Parameters<typeof fetch>): Promise<Response> => {
      const url = new URL(String(input));
      if (url.pathname === '/events') await server.settle();
      const response = await fetch(input, init);
      calls.push({
        method: init?.method ?? 'GET',
        path: url.pathname,
        status: response.status,
        requestId: response.headers.get('x-request-id'),
        userAgent: new Headers(init?.headers).get('user-agent') ?? '',
      });
      return response;
    };
    const sdkOf: SdkServer['sdkOf'] = ({ apiKey }, fetchFn = send) =>
      new WorkOS(apiKey, {
        apiHostname: '127.0.0.1',
        port: Number(new URL(server.url).port),
        https: false,
        clientId: server.clientId,
        fetchFn,
      });
    Object.assign(server, { calls, sdkOf, sdk: sdkOf(server) });
  });
  return server;
}

const facts = readFacts();

/** The contract's operations that an SDK called with success. */
export function provenOperations(calls: readonly SdkCall[]): string[] {
  const successes = calls.filter(
    ({ status, userAgent }) => status < 300 && userAgent.startsWith('workos-node/'),
  );
  const ids = successes.map(({ method, path }) => findOperation(facts, method, path)?.operation_id ?? '');
  return [...new Set(ids)].filter((id) => id !== '').sort();
}
