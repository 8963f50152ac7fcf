// An application that signs people in, as small as they get: what the browser tests drive.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthenticationResponse } from '@workos-inc/node';
import type { TestServer } from '../harness.ts';

export interface Application {
  url: string;
  /** What the last sign-in was answered. */
  lastSignIn(): AuthenticationResponse;
  /** Parameters of the last visit to the callback. */
  lastCallback(): URLSearchParams;
  close(): Promise<void>;
}

/**
 * Starts the application and registers its addresses: `/login` starts a sign-in (its query goes along), `/callback`
 * redeems the code with the official SDK, `/logout` signs out.
 */
export async function startApplication({ api, sdk, clientId }: TestServer): Promise<Application> {
  let signedIn: AuthenticationResponse | undefined;
  let called = new URLSearchParams();
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin());
    if (url.pathname === '/login') {
      const location = sdk.userManagement.getAuthorizationUrl({
        provider: 'authkit',
        clientId,
        redirectUri: `${origin()}/callback`,
        state: 'kept',
        ...Object.fromEntries(url.searchParams),
      });
      response.writeHead(302, { location }).end();
    } else if (url.pathname === '/callback') {
      called = url.searchParams;
      const code = called.get('code');
      if (code === null) return void response.writeHead(400).end(`Refused: ${called.get('error') ?? ''}`);
      signedIn = await sdk.userManagement.authenticateWithCode({ clientId, code });
      // Applications send people on from their callback, often to another host.
      response.writeHead(302, { location: `${origin()}/home` }).end();
    } else if (url.pathname === '/logout') {
      const sessionId = url.searchParams.get('session_id') ?? '';
      const location = sdk.userManagement.getLogoutUrl({ sessionId, returnTo: `${origin()}/goodbye` });
      response.writeHead(302, { location }).end();
    } else {
      const title = url.pathname.slice(1);
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<title>${title}</title><h1>${title}</h1>`);
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  await api.post('/user_management/redirect_uris', { uri: `${origin()}/callback` });
  await api.post('/management/sign_out_redirects', { uri: `${origin()}/goodbye` });
  await api.patch('/management/settings', { urls: { sign_in_url: `${origin()}/login` } });
  return {
    url: origin(),
    lastSignIn: () => {
      if (!signedIn) throw new Error('nobody has signed in');
      return signedIn;
    },
    lastCallback: () => called,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
