/**
 * Authentication: how somebody becomes a session. Grants prove who somebody is; the steps of the pipeline ask what
 * remains to be asked; a sign-in on its way is one `login_attempt`.
 *
 * Owns: `login_attempt`.
 * Emits: `authentication.password_succeeded|failed`, `authentication.email_verification_succeeded|failed`.
 * Invariants: every sign-in passes every step; pending tokens and codes are spent once; a code used twice ends the
 * session it made; a wrong password, an unknown address and somebody without a password get the same answer in the
 * same time.
 */
export { type AuthenticationDeps, authenticationOperations } from './routes.ts';
export { showSignedOut } from './hosted/signed-out.tsx';
export { purgeLoginAttempts } from './jobs.ts';
