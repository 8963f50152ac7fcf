/**
 * Who is signed in, by the sealed cookie. An access token lives for minutes: when it has expired, the refresh token
 * beside it in the cookie fetches a new pair, and the cookie is written anew.
 */
export function createSessions(workos, cookies, { cookiePassword }) {
  const load = (request) =>
    workos.userManagement.loadSealedSession({ sessionData: cookies.session.read(request), cookiePassword });

  /** The session, or null for somebody who is signed out or whose session has been ended. */
  async function read(request, response) {
    if (cookies.session.read(request) === '') return null;
    const session = await load(request).authenticate();
    if (session.authenticated) return session;
    return refresh(request, response);
  }

  /** Fetches new tokens, for another organization when one is named; null when that is refused. */
  async function refresh(request, response, organizationId) {
    if (cookies.session.read(request) === '') return null;
    const refreshed = await load(request).refresh({ organizationId }).catch(asRefusal);
    if (refreshed.authenticated) {
      cookies.session.write(response, refreshed.sealedSession);
      return { ...refreshed, accessToken: refreshed.session.accessToken };
    }
    // A refusal for one organization (it may require single sign-on) leaves the session as it was.
    if (organizationId === undefined) cookies.session.clear(response);
    return null;
  }

  return { read, refresh };
}

/** The SDK throws a refusal that it has no name for, such as of an organization that the person has left. */
function asRefusal(error) {
  if (error.status === 400) return { authenticated: false };
  throw error;
}

/** What the access token says. Its signature has been checked before. */
export const claimsOf = ({ accessToken }) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
