import type { Tx } from '../../platform/transaction.ts';

/** A person who may no longer act in an organization. */
export interface EndedMembership {
  userId: string;
  organizationId: string;
}

type Step = (tx: Tx, ended: EndedMembership) => Promise<void>;

const steps: Step[] = [];

/**
 * Declares what else happens, in the same transaction, when a membership is deactivated or deleted by itself, such as
 * the end of the person's sessions there. Where the user or the whole organization is deleted, `onDelete` of these
 * nouns tells: one step instead of one for each membership.
 */
export function whenMembershipEnds(step: Step): void {
  steps.push(step);
}

/** For the verbs that end a membership. */
export async function onMembershipEnded(tx: Tx, ended: EndedMembership): Promise<void> {
  for (const step of steps) await step(tx, ended);
}
