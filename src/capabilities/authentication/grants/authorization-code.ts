import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hashToken, isSameSecret } from '../../../platform/encryption.ts';
import { ApiError, oauthError } from '../../../platform/errors.ts';
import { endSession } from '../../sessions/index.ts';
import { grantFields } from '../contract.ts';
import { invitationInvalid } from '../invitations.ts';
import { findAttemptByCode, spendCode } from '../store.ts';
import { defineGrant } from './grant.ts';

/** RFC 7636 4.1 */
const verifierPattern = /^[A-Za-z0-9._~-]{43,128}$/;

const notValid = (): ApiError =>
  oauthError(
    'invalid_grant',
    'The code is not valid: it was used before, has expired, or is not of this client.',
  );

export const authorizationCodeGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('authorization_code'),
      code: z.string().min(1).max(200),
      code_verifier: z.string().max(200).nullable().optional(),
      invitation_token: z.string().max(100).optional(),
    })
    .meta({ id: 'AuthorizationCodeGrant' }),
  isForPublicClients: true,
  run: async (tx, { body, isConfidential }) => {
    const verifier = body.code_verifier ?? null;
    if (!isConfidential && verifier === null) {
      throw oauthError('invalid_request', 'Send client_secret or code_verifier.');
    }
    const attempt = await findAttemptByCode(tx, hashToken(body.code));
    if (!attempt) throw notValid();
    // First of all: who cannot prove to have asked for the code must not end the session of who has.
    checkVerifier(attempt.state.hosted?.request.code_challenge ?? null, verifier);
    if (attempt.completedAt !== null) {
      // RFC 6749 4.1.2: what came of a code that is used twice is not to be trusted any more.
      if (attempt.sessionId !== null) await endSession(tx, attempt.sessionId);
      return notValid();
    }
    if (Date.parse(attempt.code_expires_at) <= tx.now.getTime()) throw notValid();
    if (body.invitation_token !== undefined) throw invitationInvalid();
    // Whatever comes next, the code is spent: an interrupted sign-in goes on with its pending token.
    await spendCode(tx, attempt);
    return { kind: 'proven', attempt };
  },
});

/**
 * Proves that whoever redeems the code is who asked for it (RFC 7636 4.6). A code that was asked for with a challenge
 * needs its verifier, secret or not; one without takes none.
 */
function checkVerifier(challenge: string | null, verifier: string | null): void {
  if (challenge === null && verifier === null) return;
  if (challenge === null) {
    throw new ApiError('code_challenge_not_found', {
      status: 400,
      message: 'A code_verifier was sent, but the sign-in began without a code_challenge.',
    });
  }
  const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
  if (verifier === null || !verifierPattern.test(verifier) || !isSameSecret(digest(verifier), challenge)) {
    throw notValid();
  }
}
