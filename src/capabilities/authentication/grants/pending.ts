import { z } from 'zod';
import { hashToken } from '../../../platform/encryption.ts';
import { ApiError } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { Attempt } from '../contract.ts';
import { findAttemptByPendingToken } from '../store.ts';

/** What a grant that goes on after an interruption takes. */
export const PendingToken = z.string().min(1).max(100);

/**
 * The sign-in that a pending token stands for; its row is held, so of two who go on with it one goes first.
 * @throws ApiError 400 for a token that is unknown, spent or expired
 */
export async function resumeAttempt(tx: Tx, token: string): Promise<Attempt & { userId: string }> {
  const attempt = await findAttemptByPendingToken(tx, hashToken(token));
  const { userId } = attempt ?? {};
  if (!attempt || !userId) {
    throw new ApiError('invalid_pending_authentication_token', {
      status: 400,
      message: 'The pending authentication token is not valid any more. Start the sign-in again.',
    });
  }
  return { ...attempt, userId };
}
