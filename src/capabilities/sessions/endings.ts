import type { Tx } from '../../platform/transaction.ts';

type Step = (tx: Tx, userId: string) => Promise<void>;

const steps: Step[] = [];

/**
 * Declares what else ends, in the same transaction, when a user is signed out everywhere, as by a new password: what
 * was begun with the old one must not end in a session.
 */
export function whenSignedOutEverywhere(step: Step): void {
  steps.push(step);
}

/** For the verb that signs a user out everywhere. */
export async function onSignedOutEverywhere(tx: Tx, userId: string): Promise<void> {
  for (const step of steps) await step(tx, userId);
}
