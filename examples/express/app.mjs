import { fileURLToPath } from 'node:url';
import { WorkOS } from '@workos-inc/node';
import express from 'express';
import { createCookies, isSame } from './cookies.mjs';
import { accountPage, homePage, messagePage, welcomePage } from './pages.mjs';
import { refuseOtherSites, setHeaders } from './protection.mjs';
import { claimsOf, createSessions } from './session.mjs';

/** The application. Express 5 hands what an async handler throws to the error handler at the end. */
export function createApp(config) {
  const workos = new WorkOS(config.apiKey, { ...config.api, clientId: config.clientId });
  const { userManagement } = workos;
  const cookies = createCookies(config);
  const sessions = createSessions(workos, cookies, config);
  const app = express();
  app.disable('x-powered-by');
  app.use(setHeaders(new URL(workos.baseURL).origin), refuseOtherSites(config.origin));
  app.use(express.static(fileURLToPath(new URL('public', import.meta.url))));
  app.use(express.urlencoded({ extended: false, limit: '10kb' }));
  // Every page below is for one person only.
  app.use((request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });

  /** Sends the person to Doorwright, and remembers in a cookie what they must come back with. */
  const startSignIn = async (response, options) => {
    const { url, state, codeVerifier } = await userManagement.getAuthorizationUrlWithPKCE({
      provider: 'authkit',
      redirectUri: config.redirectUri,
      ...options,
    });
    cookies.signIn.write(response, { state, codeVerifier });
    response.redirect(url);
  };

  const parts = { config, userManagement, cookies, sessions, startSignIn };
  addSignIn(app, parts);
  addHome(app, parts);
  addAccount(app, parts);
  addSignOut(app, parts);
  addErrors(app);
  return app;
}

function addSignIn(app, { config, userManagement, cookies, startSignIn }) {
  const retryUrl = `${config.origin}/login`;
  app.get('/login', (request, response) => startSignIn(response, {}));
  app.get('/sign-up', (request, response) => startSignIn(response, { screenHint: 'sign-up' }));

  app.get(config.callbackPath, async (request, response) => {
    const { code, state, error_description: reason } = request.query;
    const started = cookies.signIn.read(request);
    cookies.signIn.clear(response);
    if (!started || !isSame(String(state), started.state)) {
      const text = 'It was not started in this browser, or more than ten minutes ago.';
      return response.status(400).send(messagePage('This sign-in cannot be finished', text, retryUrl));
    }
    if (typeof code !== 'string') {
      const text = typeof reason === 'string' ? reason : 'It was cancelled.';
      return response.status(400).send(messagePage('You are not signed in', text, retryUrl));
    }
    const { sealedSession } = await userManagement.authenticateWithCode({
      code,
      codeVerifier: started.codeVerifier,
      session: { sealSession: true, cookiePassword: config.cookiePassword },
    });
    cookies.session.write(response, sealedSession);
    response.redirect('/');
  });
}

function addHome(app, { userManagement, sessions, startSignIn }) {
  const membershipsOf = async ({ user }) => {
    const options = { userId: user.id, statuses: ['active'] };
    return (await userManagement.listOrganizationMemberships(options)).data;
  };

  app.get('/', async (request, response) => {
    const session = await sessions.read(request, response);
    if (!session) return response.send(welcomePage());
    const memberships = await membershipsOf(session);
    response.send(homePage({ session, memberships, claims: claimsOf(session) }));
  });

  // Nothing reads the session first, which may refresh, too: a refresh token works once, and the request has the old cookie.
  app.post('/organization', async (request, response) => {
    const organizationId = request.body?.organization_id;
    if (typeof organizationId !== 'string') return response.redirect('/');
    if (await sessions.refresh(request, response, organizationId)) return response.redirect('/');
    // The organization may ask for more than this session has: a sign-in of its own says what.
    await startSignIn(response, { organizationId });
  });
}

function addAccount(app, { userManagement, sessions }) {
  /** Runs what follows for somebody who is signed in, and sends others to sign in. */
  const signedIn = (run) => async (request, response) => {
    const session = await sessions.read(request, response);
    if (!session) return response.redirect('/login');
    await run(request, response, session);
  };

  app.get(
    '/account',
    signedIn(async (request, response, session) => {
      const { data } = await userManagement.listSessions(session.user.id);
      const active = data.filter(({ status }) => status === 'active');
      response.send(accountPage({ session, active }));
    }),
  );

  app.post(
    '/account/sessions/:id/revoke',
    signedIn(async (request, response, session) => {
      const { data } = await userManagement.listSessions(session.user.id);
      // Only one's own: the API key could end anybody's.
      const own = data.find(({ id }) => id === request.params.id && id !== session.sessionId);
      if (own) await userManagement.revokeSession({ sessionId: own.id });
      response.redirect('/account');
    }),
  );
}

function addSignOut(app, { config, userManagement, cookies, sessions }) {
  app.post('/logout', async (request, response) => {
    const session = await sessions.read(request, response);
    cookies.session.clear(response);
    if (!session) return response.redirect('/');
    // Doorwright ends its own session, too, and sends the person back.
    const { sessionId } = session;
    response.redirect(userManagement.getLogoutUrl({ sessionId, returnTo: `${config.origin}/` }));
  });
}

function addErrors(app) {
  app.use((request, response) => {
    response.status(404).send(messagePage('There is no such page', 'The address may be mistyped.', '/'));
  });
  app.use((error, request, response, _next) => {
    console.error(`${request.method} ${request.path}: ${error.message}`);
    const text = 'The application could not do that. Its log says why.';
    response.status(error.status === 400 ? 400 : 500).send(messagePage('Something went wrong', text, '/'));
  });
}
