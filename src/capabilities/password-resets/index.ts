/**
 * Password resets: links that let people who read mail sent to their address choose a new password.
 *
 * Owns: `password_reset`.
 * Emits: `password_reset.created`, `password_reset.succeeded`.
 * Invariants: a link works once, for an hour, and only the newest of a user; it is made of configuration, never of a
 * Host header; a reset verifies the address and ends every session of the user; the token is in no event.
 */
export { type PasswordResetDeps, passwordResetOperations, resetRequests } from './routes.ts';
export {
  type ResetDeps,
  confirmPasswordReset,
  createPasswordReset,
  isUsableResetToken,
  prepareReset,
} from './password-resets.ts';
export { purgePasswordResets, requestPasswordReset, requestPasswordResetJob } from './jobs.ts';
