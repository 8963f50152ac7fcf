import { startEmailVerification } from '../../email-verifications/index.ts';
import type { Step } from './step.ts';

/** Nobody is signed in with an address that they have not proven to read (spec/authkit 4.3). */
export const verifyEmail: Step = async (tx, { user }, { encryption }) => {
  if (user.email_verified) return null;
  const { id, email } = await startEmailVerification(tx, encryption, user);
  return {
    code: 'email_verification_required',
    message: 'The email address must be verified before signing in. Enter the code that was sent there.',
    fields: { email, email_verification_id: id },
  };
};
