import { z } from 'zod';
import { type EventType, defineEvent, emit } from '../../platform/events/events.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Caller } from './contract.ts';

/** How people authenticate; each has an event for success and one for failure. */
type EventMethod = 'password' | 'email_verification';

const from = { ip_address: z.string().nullable(), user_agent: z.string().nullable() };

const succeeded = (type: EventMethod) =>
  z.strictObject({
    type: z.literal(type),
    status: z.literal('succeeded'),
    ...from,
    user_id: z.string(),
    email: z.string(),
  });

const failed = (type: EventMethod) =>
  z.strictObject({
    type: z.literal(type),
    status: z.literal('failed'),
    ...from,
    user_id: z.string().nullable(),
    email: z.string().nullable(),
    error: z.strictObject({ code: z.string(), message: z.string() }),
  });

export const PasswordSucceeded = defineEvent('authentication.password_succeeded', succeeded('password'));
export const PasswordFailed = defineEvent('authentication.password_failed', failed('password'));
export const EmailVerificationSucceeded = defineEvent(
  'authentication.email_verification_succeeded',
  succeeded('email_verification'),
);
export const EmailVerificationFailed = defineEvent(
  'authentication.email_verification_failed',
  failed('email_verification'),
);

const outcomes: Record<EventMethod, { succeeded: EventType; failed: EventType }> = {
  password: { succeeded: PasswordSucceeded, failed: PasswordFailed },
  email_verification: { succeeded: EmailVerificationSucceeded, failed: EmailVerificationFailed },
};

/** Says that somebody proved who they are, even when further steps remain. */
export function emitSucceeded(
  tx: Tx,
  method: EventMethod,
  who: { caller: Caller; userId: string; email: string },
): void {
  const { ip_address, user_agent } = who.caller;
  const data = {
    type: method,
    status: 'succeeded',
    ip_address,
    user_agent,
    user_id: who.userId,
    email: who.email,
  };
  emit(tx, outcomes[method].succeeded, data, { organizationId: null });
}

/** Says that somebody failed to, and why; the request must commit for it to be told. */
export function emitFailed(
  tx: Tx,
  method: EventMethod,
  who: {
    caller: Caller;
    userId: string | null;
    email: string | null;
    error: { code: string; message: string };
  },
): void {
  const { ip_address, user_agent } = who.caller;
  const { code, message } = who.error;
  emit(
    tx,
    outcomes[method].failed,
    {
      type: method,
      status: 'failed',
      ip_address,
      user_agent,
      user_id: who.userId,
      email: who.email,
      error: { code, message },
    },
    { organizationId: null },
  );
}
