import type { Encryption } from '../../../platform/encryption.ts';
import { ApiError } from '../../../platform/errors.ts';
import type { Redemption } from '../../../platform/one-time-codes.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { redeemEmailCode } from '../../email-verifications/index.ts';
import { getUser, markEmailVerified } from '../../users/index.ts';
import type { Caller } from '../contract.ts';
import { emitFailed, emitSucceeded } from '../events.ts';

const refusals: Record<Exclude<Redemption, 'accepted'>, readonly [code: string, message: string]> = {
  incorrect: ['invalid_one_time_code', 'The code is not correct.'],
  expired: ['one_time_code_expired', 'The code has expired. Ask for a new one.'],
  used: ['one_time_code_previously_used', 'The code was used before. Ask for a new one.'],
  too_many_attempts: [
    'one_time_code_too_many_attempts',
    'Too many wrong codes were entered. Ask for a new one.',
  ],
};

/** What a refused code is answered. */
export function codeRefused(redemption: Exclude<Redemption, 'accepted'>): ApiError {
  const [code, message] = refusals[redemption];
  return new ApiError(code, { status: 400, message });
}

/** Verifies the address of somebody on their way in, with the event of it; null, or the refusal, for a counted guess. */
export async function proveEmail(
  tx: Tx,
  encryption: Encryption,
  { userId, code, caller }: { userId: string; code: string; caller: Caller },
): Promise<ApiError | null> {
  const { redemption, email: sentTo } = await redeemEmailCode(tx, encryption, userId, code);
  if (redemption === 'accepted') {
    const { email } = await markEmailVerified(tx, userId, sentTo ?? '');
    emitSucceeded(tx, 'email_verification', { caller, userId, email });
    return null;
  }
  const error = codeRefused(redemption);
  const { email } = await getUser(tx, userId);
  emitFailed(tx, 'email_verification', { caller, userId, email, error });
  return error;
}
