import { cookieName, writeCookie, writeOpenCookie } from '../../platform/http/cookies.ts';
import { isSameSite, siteOf } from '../../platform/http/site.ts';
import type { RequestFacts } from '../../platform/operation.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Urls } from '../../platform/urls.ts';
import { sessionOfToken } from './refresh-tokens.ts';

/**
 * Applications that run in the browser, on our own site, leave their refresh token with us: in a cookie that no script
 * reads and no other site's request carries (spec/authkit 11.8). A second cookie, which scripts of the site can read,
 * says whether there is one.
 */
export interface RefreshCookieDeps {
  urls: Urls;
}

/** Each environment has a cookie of its own, also where several share an origin. */
const tokenCookie = ({ environment }: Reader): string => `doorwright-refresh-${environment.client_id}`;

/** The client ids that have a session, with dots between; the browser SDK looks for this name. */
const hasSessionCookie = 'workos-has-session';

/** True for a script of a page that is registered with the environment and of the same site as the API. */
export function isBrowserApplication(
  { environment }: Reader,
  { urls }: RefreshCookieDeps,
  { origin }: RequestFacts,
): boolean {
  if (origin === null || !environment.cors_origins.includes(origin)) return false;
  return isSameSite(origin, urls.origin(environment, 'api'));
}

/** The refresh token that came as a cookie. Whose script sent it is not known: ask `isBrowserApplication`. */
export const readRefreshCookie = (
  reader: Reader,
  { urls }: RefreshCookieDeps,
  request: RequestFacts,
): string | null => request.cookie(cookieName(tokenCookie(reader), urls.isSecure()));

/** The cookies that keep a refresh token for so many seconds. */
export function keepRefreshToken(
  reader: Reader,
  { urls }: RefreshCookieDeps,
  { request, token, maxAgeSeconds }: { request: RequestFacts; token: string; maxAgeSeconds: number },
): string[] {
  const life = { isSecure: urls.isSecure(), maxAgeSeconds };
  const others = clientsWithSession(reader, request);
  return [
    writeCookie(tokenCookie(reader), token, { ...life, isStrict: true }),
    writeHasSession(reader, urls, [...others, reader.environment.client_id], maxAgeSeconds),
  ];
}

/** The cookies that forget it. */
export function forgetRefreshToken(
  reader: Reader,
  { urls }: RefreshCookieDeps,
  request: RequestFacts,
): string[] {
  const others = clientsWithSession(reader, request);
  return [
    writeCookie(tokenCookie(reader), '', { isSecure: urls.isSecure(), maxAgeSeconds: 0, isStrict: true }),
    writeHasSession(reader, urls, others, others.length > 0 ? longestSeconds : 0),
  ];
}

/** As `forgetRefreshToken`, when the token is of the session that ends; no cookies otherwise. */
export function forgetEndedSession(
  reader: Reader,
  deps: RefreshCookieDeps,
  { request, sessionId }: { request: RequestFacts; sessionId: string },
): string[] {
  const token = readRefreshCookie(reader, deps, request);
  return token !== null && sessionOfToken(token) === sessionId
    ? forgetRefreshToken(reader, deps, request)
    : [];
}

/** What remains of other clients lasts as long as browsers let it: each of them says when its own is over. */
const longestSeconds = 400 * 86_400;

function clientsWithSession(reader: Reader, request: RequestFacts): string[] {
  const clients = request.cookie(hasSessionCookie)?.split('.') ?? [];
  return clients.filter((id) => /^client_\w{1,80}$/.test(id) && id !== reader.environment.client_id);
}

function writeHasSession(
  { environment }: Reader,
  urls: Urls,
  clients: readonly string[],
  maxAgeSeconds: number,
): string {
  const domain = siteOf(new URL(urls.origin(environment, 'api')).hostname);
  return writeOpenCookie(hasSessionCookie, clients.join('.'), {
    isSecure: urls.isSecure(),
    maxAgeSeconds,
    domain,
  });
}
