import { type Encryption, hashToken, isSameSecret } from '../../../platform/encryption.ts';
import { cookieName, writeCookie } from '../../../platform/http/cookies.ts';
import { makeSecret } from '../../../platform/secrets.ts';
import type { RequestFacts } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Urls } from '../../../platform/urls.ts';

export interface BrowserDeps {
  encryption: Encryption;
  urls: Urls;
}

/** A browser on our pages, known by a random cookie. Attempts and forms belong to the browser they were made in. */
export interface Browser {
  /** What attempts keep of it. */
  hash: Buffer;
  /** What its forms must carry. */
  csrf: string;
  /** The cookie to set, when it has none yet. */
  cookies: readonly string[];
  /** The token of the session in which it is signed in, or null. */
  sessionToken: string | null;
}

// Each environment has cookies of its own, also where several share an origin.
const browserCookie = ({ environment }: Reader): string => `doorwright-browser-${environment.client_id}`;
const sessionCookie = ({ environment }: Reader): string => `doorwright-session-${environment.client_id}`;

const tokenPattern = /^[A-Za-z0-9]{43}$/;

/** Reads who is asking; a browser that comes for the first time is given a cookie. */
export function readBrowser(reader: Reader, deps: BrowserDeps, request: RequestFacts): Browser {
  const isSecure = deps.urls.isSecure();
  const read = (name: string): string | null => {
    const value = request.cookie(cookieName(name, isSecure));
    return value !== null && tokenPattern.test(value) ? value : null;
  };
  const known = read(browserCookie(reader));
  const token = known ?? makeSecret('');
  return {
    hash: hashToken(token),
    csrf: csrfOf(deps.encryption, token),
    cookies: known === null ? [writeCookie(browserCookie(reader), token, { isSecure })] : [],
    sessionToken: read(sessionCookie(reader)),
  };
}

const csrfOf = (encryption: Encryption, token: string): string =>
  encryption.keyedHash('csrf', hashToken(token).toString('hex')).toString('base64url');

/** True for a form that this browser got from us. */
export const isOwnForm = (browser: Browser, csrf: string | undefined): boolean =>
  csrf !== undefined && isSameSecret(browser.csrf, csrf);

/**
 * What an attempt belongs to from now on, and the cookie that says so. Whoever proves something gets a new one: a cookie
 * that somebody else put into their browser must not share the sign-in (session fixation, threat C-01).
 */
export function renewBrowser(reader: Reader, { urls }: BrowserDeps): { hash: Buffer; cookie: string } {
  const token = makeSecret('');
  const cookie = writeCookie(browserCookie(reader), token, { isSecure: urls.isSecure() });
  return { hash: hashToken(token), cookie };
}

/** The cookie of somebody who has just signed in. */
export function signedInCookie(
  reader: Reader,
  { urls }: BrowserDeps,
  session: { token: string; maxAgeSeconds: number },
): string {
  const { token, maxAgeSeconds } = session;
  return writeCookie(sessionCookie(reader), token, { isSecure: urls.isSecure(), maxAgeSeconds });
}
