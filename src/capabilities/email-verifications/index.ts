/**
 * Email verifications: codes that prove that a user reads mail sent to their address.
 *
 * Owns: nothing; the codes are those of `platform/one-time-codes`.
 * Emits: `email_verification.created`.
 * Invariants: a code holds for ten minutes, five guesses and one use; a newer one replaces it; it is in no event.
 */
export { type EmailVerificationDeps, emailVerificationOperations } from './routes.ts';
export { redeemEmailCode, startEmailVerification } from './email-verifications.ts';
