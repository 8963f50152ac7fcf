import { z } from 'zod';
import { ApiError, oauthError } from '../../../platform/errors.ts';
import type { Quota } from '../../../platform/quota.ts';
import { authenticationSettings, readSettings } from '../../environments/index.ts';
import { type PasswordCheckResult, checkPasswordOf, confirmPassword, emailKey } from '../../users/index.ts';
import { beginAttempt } from '../attempts.ts';
import { grantFields } from '../contract.ts';
import { emitFailed, emitSucceeded } from '../events.ts';
import { defineGrant } from './grant.ts';

/** Tries per address, whoever makes them (spec/authkit 0.8). */
export const signInTries: Quota = {
  name: 'authenticate',
  limit: 10,
  windowSeconds: 60,
  refuse: (seconds) =>
    oauthError('too_many_requests', 'Too many attempts. Wait before trying again.', {
      status: 429,
      headers: { 'retry-after': String(seconds) },
    }),
};

/** One answer for a wrong password, an unknown address and somebody without a password. */
export const invalidCredentials = (): ApiError =>
  new ApiError('invalid_credentials', {
    status: 400,
    message: 'The email address or password is not correct.',
  });

export const passwordsDisabled = (): ApiError =>
  new ApiError('email_password_auth_disabled', {
    status: 403,
    message: 'Signing in with email and password is switched off in this environment.',
  });

export const passwordGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('password'),
      email: z.string().min(1).max(320),
      password: z.string().min(1),
      invitation_token: z.string().max(100).optional(),
    })
    .meta({ id: 'PasswordGrant' }),
  isForPublicClients: false,
  prepare: async (reader, body, { quotas, passwordHasher }): Promise<PasswordCheckResult> => {
    const { is_password_enabled: isEnabled } = await readSettings(reader, authenticationSettings);
    if (!isEnabled) throw passwordsDisabled();
    await quotas.consume(reader, signInTries, emailKey(body.email));
    return checkPasswordOf(reader, passwordHasher, body.email, body.password);
  },
  run: async (tx, { body, prepared, caller }) => {
    const { userId, proof } = prepared;
    if (!proof || !(await confirmPassword(tx, proof))) {
      const error = invalidCredentials();
      emitFailed(tx, 'password', { caller, userId, email: body.email, error });
      return error;
    }
    emitSucceeded(tx, 'password', { caller, userId: proof.userId, email: body.email });
    if (body.invitation_token !== undefined) return invitationInvalid();
    return {
      kind: 'proven',
      attempt: await beginAttempt(tx, { caller, userId: proof.userId, method: 'Password' }),
    };
  },
});

/** No invitation can be found, for there are none yet. */
export const invitationInvalid = (): ApiError =>
  oauthError('invitation_invalid', 'The invitation does not exist, or has been used or revoked.');
