import type { Encryption } from '../../platform/encryption.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import { sendMail } from '../../platform/mail/mail.ts';
import { type Redemption, findCode, issueCode, redeemCode } from '../../platform/one-time-codes.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { writeEmail } from '../../pages/index.ts';
import { readBranding } from '../branding/index.ts';
import { emailSettings, readSettings } from '../environments/index.ts';
import { type User, emailKey, lockUser, markEmailVerified } from '../users/index.ts';
import type { EmailVerification, VerifiedUser } from './contract.ts';
import { EmailVerificationCreated } from './events.ts';

export async function getEmailVerification(
  reader: Reader,
  encryption: Encryption,
  id: string,
): Promise<EmailVerification> {
  const found = await findCode(reader, encryption, 'email_verification', id);
  if (!found) throw notFound('Email verification', id);
  return { object: 'email_verification', ...found };
}

/** Sends a code to the user's address, unless one went there seconds ago. Answers the verification that counts now. */
export async function startEmailVerification(
  tx: Tx,
  encryption: Encryption,
  user: Pick<User, 'id' | 'email'>,
): Promise<EmailVerification> {
  const { code: issued, isNew } = await issueCode(tx, encryption, {
    purpose: 'email_verification',
    userId: user.id,
    email: user.email,
  });
  const verification: EmailVerification = { object: 'email_verification', ...issued };
  if (!isNew) return verification;
  const { code, ...told } = verification;
  emit(tx, EmailVerificationCreated, told, { organizationId: null });
  const { is_email_verification_sent: isSent } = await readSettings(tx, emailSettings);
  if (isSent) await sendCode(tx, encryption, user.email, code);
  return verification;
}

async function sendCode(tx: Tx, encryption: Encryption, to: string, code: string): Promise<void> {
  const { name: sender } = await readBranding(tx);
  const email = await writeEmail({
    sender,
    subject: `${code} is your verification code`,
    title: 'Verify your email address',
    lead: 'Enter this code where you were asked for it:',
    code,
    notes: [
      'The code works once, for 10 minutes.',
      'If you did not ask for it, you can ignore this message: without the code nobody can use your address.',
    ],
  });
  await sendMail(tx, encryption, { ...email, to, kind: 'email_verification' });
}

/** Sends a code again, by request of the application. */
export async function sendEmailVerification(
  tx: Tx,
  encryption: Encryption,
  userId: string,
): Promise<VerifiedUser> {
  const user = await lockUser(tx, userId);
  if (user.email_verified) throw alreadyVerified('email_already_verified');
  await startEmailVerification(tx, encryption, user);
  return { user };
}

const alreadyVerified = (code: string): ApiError =>
  new ApiError(code, { status: 400, message: 'The email address of this user is verified already.' });

const refusals: Record<Exclude<Redemption, 'accepted'>, readonly [code: string, message: string]> = {
  incorrect: ['email_verification_code_incorrect', 'The code is not correct.'],
  expired: ['email_verification_code_expired', 'The code has expired. Ask for a new one.'],
  used: ['email_verification_code_previously_used', 'The code was used before. Ask for a new one.'],
  too_many_attempts: [
    'email_verification_code_incorrect',
    'Too many wrong codes were entered. Ask for a new one; when that is refused too, wait for a day.',
  ],
};

/**
 * Verifies the user's address with the code that was sent there.
 * @returns the user, or the refusal: returned, so that the attempt counts
 */
export async function confirmEmailVerification(
  tx: Tx,
  encryption: Encryption,
  userId: string,
  code: string,
): Promise<VerifiedUser | ApiError> {
  const user = await lockUser(tx, userId);
  if (user.email_verified) throw alreadyVerified('email_previously_verified');
  const { redemption, email } = await redeemEmailCode(tx, encryption, userId, code);
  if (redemption !== 'accepted') {
    const [refusal, message] = refusals[redemption];
    return new ApiError(refusal, { status: 400, message });
  }
  return { user: await markEmailVerified(tx, userId, email ?? '') };
}

/** Tries a code for the user; what it proves is that they read mail sent to the answered address, which is theirs. */
export async function redeemEmailCode(
  tx: Tx,
  encryption: Encryption,
  userId: string,
  code: string,
): Promise<{ redemption: Redemption; email: string | null }> {
  // The user first, then the code, as whoever sends a new one does it.
  const user = await lockUser(tx, userId);
  const { redemption, email } = await redeemCode(tx, encryption, {
    purpose: 'email_verification',
    userId,
    code,
  });
  // A code that went to the address before this one proves nothing of it, and is spent.
  const isOfOldAddress = emailKey(email ?? '') !== emailKey(user.email);
  return { redemption: redemption === 'accepted' && isOfOldAddress ? 'expired' : redemption, email };
}
