import { defineEvent } from '../../platform/events/events.ts';
import { EmailVerification } from './contract.ts';

/** The code itself is never in an event. */
export const EmailVerificationCreated = defineEvent(
  'email_verification.created',
  EmailVerification.omit({ code: true }),
);
