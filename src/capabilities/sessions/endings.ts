import type { Tx } from '../../platform/transaction.ts';

/** Who was signed out: everywhere, or in one browser. */
export interface SignedOut {
  userId: string;
  browserSessionId?: string;
}

type Step = (tx: Tx, signedOut: SignedOut) => Promise<void>;

const steps: Step[] = [];

/**
 * Declares what else ends, in the same transaction, when a user is signed out everywhere, as by a new password, or in a
 * browser: what was begun before must not end in a session.
 */
export function whenSignedOut(step: Step): void {
  steps.push(step);
}

/** For the verbs that sign a user out. */
export async function onSignedOut(tx: Tx, signedOut: SignedOut): Promise<void> {
  for (const step of steps) await step(tx, signedOut);
}
