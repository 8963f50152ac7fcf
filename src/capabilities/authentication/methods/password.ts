import { ApiError, oauthError } from '../../../platform/errors.ts';
import type { PasswordHasher } from '../../../platform/password-hashing.ts';
import type { Quota, Quotas } from '../../../platform/quota.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { authenticationSettings, readSettings } from '../../environments/index.ts';
import { type PasswordCheckResult, checkPasswordOf, confirmPassword, emailKey } from '../../users/index.ts';
import type { Caller } from '../contract.ts';
import { emitFailed, emitSucceeded } from '../events.ts';

/** Tries per address or challenge, whoever makes them (spec/authkit 0.8). */
export const signInTries: Quota = {
  name: 'authenticate',
  limit: 10,
  windowSeconds: 60,
  refuse: (seconds) =>
    oauthError('too_many_requests', 'Too many attempts. Wait a minute before trying again.', {
      status: 429,
      headers: { 'retry-after': String(seconds) },
    }),
};

export interface PasswordMethodDeps {
  passwordHasher: PasswordHasher;
  quotas: Quotas;
}

export const passwordsDisabled = (): ApiError =>
  new ApiError('email_password_auth_disabled', {
    status: 403,
    message: 'Signing in with email and password is switched off in this environment.',
  });

/**
 * Checks a password, outside any transaction. Unknown addresses take as long as known ones.
 * @throws ApiError 403 while the environment has no passwords, 429 after ten tries in a minute
 */
export async function checkPassword(
  reader: Reader,
  { passwordHasher, quotas }: PasswordMethodDeps,
  { email, password }: { email: string; password: string },
): Promise<PasswordCheckResult> {
  const { is_password_enabled: isEnabled } = await readSettings(reader, authenticationSettings);
  if (!isEnabled) throw passwordsDisabled();
  await quotas.consume(reader, signInTries, emailKey(email));
  return checkPasswordOf(reader, passwordHasher, email, password);
}

/**
 * Says who proved themselves, with the event of it.
 * @returns their id, or the refusal: the same for a wrong password, an unknown address and somebody without a password
 */
export async function provePassword(
  tx: Tx,
  { userId, proof }: PasswordCheckResult,
  { email, caller }: { email: string; caller: Caller },
): Promise<string | ApiError> {
  if (proof && (await confirmPassword(tx, proof))) {
    emitSucceeded(tx, 'password', { caller, userId: proof.userId, email });
    return proof.userId;
  }
  const error = new ApiError('invalid_credentials', {
    status: 400,
    message: 'The email address or password is not correct.',
  });
  emitFailed(tx, 'password', { caller, userId, email, error });
  return error;
}
