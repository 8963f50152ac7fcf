import { ApiError, invalidField } from '../../platform/errors.ts';
import { Answer, type RequestFacts } from '../../platform/operation.ts';
import type { Reader } from '../../platform/scope.ts';
import { readSettings } from '../environments/index.ts';
import {
  type RefreshCookieDeps,
  forgetRefreshToken,
  isBrowserApplication,
  keepRefreshToken,
  readRefreshCookie,
  sessionSettings,
} from '../sessions/index.ts';
import type { AuthenticateResponse } from './contract.ts';
import type { AuthenticateBody } from './grants/index.ts';

/** A request for tokens, and whether a client secret came with it. */
export interface TokenRequest {
  body: AuthenticateBody;
  request: RequestFacts;
  isConfidential: boolean;
}

type Outcome = AuthenticateResponse | ApiError | null;

/**
 * Runs a grant. For an application in the browser, on our own site, the refresh token comes and goes as a cookie.
 * @throws ApiError 422 for a refresh without a token; what `run` throws
 */
export async function withRefreshCookie(
  reader: Reader,
  deps: RefreshCookieDeps,
  { body, request, isConfidential }: TokenRequest,
  run: (body: AuthenticateBody) => Promise<Outcome>,
): Promise<Outcome | Answer> {
  const isInBrowser = !isConfidential && isBrowserApplication(reader, deps, request);
  const tokenless = body.grant_type === 'refresh_token' && body.refresh_token === undefined ? body : null;
  const left = tokenless && isInBrowser ? readRefreshCookie(reader, deps, request) : null;
  if (tokenless && left === null) {
    throw invalidField('refresh_token', 'required', 'Send a refresh_token, or the cookie that keeps one.');
  }
  const refused = (error: ApiError): ApiError =>
    left !== null && error.code === 'invalid_grant'
      ? error.withCookies(forgetRefreshToken(reader, deps, request))
      : error;
  try {
    const outcome = await run(tokenless && left !== null ? { ...tokenless, refresh_token: left } : body);
    if (outcome === null) return null;
    if (outcome instanceof ApiError) return refused(outcome);
    return isInBrowser ? await keepInBrowser(reader, deps, request, outcome) : outcome;
  } catch (error) {
    throw error instanceof ApiError ? refused(error) : error;
  }
}

/**
 * Keeps the refresh token as a cookie. It is in the answer too, where every client looks for it, but empty for a script
 * that lets its browser send cookies: whoever can make that script say something else cannot take the token away.
 */
async function keepInBrowser(
  reader: Reader,
  deps: RefreshCookieDeps,
  request: RequestFacts,
  answer: AuthenticateResponse,
): Promise<Answer> {
  const { inactivity_seconds: maxAgeSeconds } = await readSettings(reader, sessionSettings);
  const cookies = keepRefreshToken(reader, deps, { request, token: answer.refresh_token, maxAgeSeconds });
  return new Answer(request.hasCookies ? { ...answer, refresh_token: '' } : answer, cookies);
}
