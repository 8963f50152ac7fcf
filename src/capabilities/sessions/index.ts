/**
 * Sessions: people who are signed in, and the tokens that say so.
 *
 * Owns: `session`.
 * Emits: `session.created`, `session.revoked`.
 * Invariants: a refresh token is valid once; the one before it gets the same successor for ten seconds, an older one
 * ends its session; only hashes of refresh tokens are stored; a session that is over is never refreshed, on any node;
 * its method of authentication never changes.
 */
export { type SessionDeps, sessionOperations } from './routes.ts';
export { AuthenticationMethod, Impersonator, type Session } from './contract.ts';
export {
  type LiveSession,
  type SessionStart,
  endSession,
  endSessions,
  impersonatorOf,
  sessionSettings,
  startSession,
} from './sessions.ts';
export {
  type BrowserSession,
  endBrowserSession,
  findBrowserSession,
  isBrowserSessionOn,
  startBrowserSession,
} from './browser-sessions.ts';
export { type SignedOut, whenSignedOut } from './endings.ts';
export { signOut } from './logout.ts';
export { type AccessTokenDeps, type OrganizationClaims, issueAccessToken } from './access-tokens.ts';
export { type Refreshed, refreshSession, refreshSessionAlone } from './refresh.ts';
export { type Rotate, createRotate } from './rotations.ts';
export {
  type RefreshCookieDeps,
  forgetRefreshToken,
  isBrowserApplication,
  keepRefreshToken,
  readRefreshCookie,
} from './refresh-cookies.ts';
export { endOrganizationSessionsJob, purgeSessions } from './jobs.ts';
export { moveSession } from './store.ts';
