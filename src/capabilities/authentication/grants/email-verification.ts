import { z } from 'zod';
import { hashToken } from '../../../platform/encryption.ts';
import { ApiError } from '../../../platform/errors.ts';
import type { Redemption } from '../../../platform/one-time-codes.ts';
import { redeemEmailCode } from '../../email-verifications/index.ts';
import { getUser, markEmailVerified } from '../../users/index.ts';
import { grantFields } from '../contract.ts';
import { emitFailed, emitSucceeded } from '../events.ts';
import { defineGrant } from './grant.ts';
import { signInTries } from './password.ts';
import { PendingToken, resumeAttempt } from './pending.ts';

const refusals: Record<Exclude<Redemption, 'accepted'>, readonly [code: string, message: string]> = {
  incorrect: ['invalid_one_time_code', 'The code is not correct.'],
  expired: ['one_time_code_expired', 'The code has expired. Sign in again to get a new one.'],
  used: ['one_time_code_previously_used', 'The code was used before.'],
  too_many_attempts: [
    'one_time_code_too_many_attempts',
    'Too many wrong codes were entered. Sign in again to get a new one.',
  ],
};

/** What a refused code is answered, by this grant and by those of other codes. */
export function codeRefused(redemption: Exclude<Redemption, 'accepted'>): ApiError {
  const [code, message] = refusals[redemption];
  return new ApiError(code, { status: 400, message });
}

export const emailVerificationGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('urn:workos:oauth:grant-type:email-verification:code'),
      code: z.string().min(1).max(20),
      pending_authentication_token: PendingToken,
    })
    .meta({ id: 'EmailVerificationGrant' }),
  isForPublicClients: false,
  prepare: (reader, body, { quotas }) =>
    quotas.consume(reader, signInTries, hashToken(body.pending_authentication_token).toString('hex')),
  run: async (tx, { body, caller }, { encryption }) => {
    const attempt = await resumeAttempt(tx, body.pending_authentication_token);
    const { redemption, email } = await redeemEmailCode(tx, encryption, attempt.userId, body.code);
    if (redemption !== 'accepted') {
      const error = codeRefused(redemption);
      const { email: address } = await getUser(tx, attempt.userId);
      emitFailed(tx, 'email_verification', { caller, userId: attempt.userId, email: address, error });
      return error;
    }
    const user = await markEmailVerified(tx, attempt.userId, email ?? '');
    emitSucceeded(tx, 'email_verification', { caller, userId: user.id, email: user.email });
    return { kind: 'proven', attempt };
  },
});
