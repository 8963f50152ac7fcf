import { ApiError } from '../../platform/errors.ts';
import type { Tx } from '../../platform/transaction.ts';
import { holdActiveMemberships } from '../memberships/index.ts';
import { getUser } from '../users/index.ts';
import type { Attempt } from './contract.ts';
import { verifyEmail } from './steps/email-verification.ts';
import { chooseOrganization } from './steps/organization.ts';
import type { Interruption, SignIn, Step, StepDeps } from './steps/step.ts';

/**
 * The steps between the first credential and the session, in their order (spec/authkit 8.3). A grant proves who
 * somebody is and hands over the attempt; it cannot leave a step out, and a step runs again after each interruption.
 */
const steps: readonly Step[] = [verifyEmail, chooseOrganization];

export type Advance =
  | { kind: 'ready'; signIn: SignIn }
  | { kind: 'interrupted'; signIn: SignIn; interruption: Interruption }
  | { kind: 'refused'; error: ApiError };

/** Takes a sign-in as far as it gets. */
export async function advance(tx: Tx, attempt: Attempt, deps: StepDeps): Promise<Advance> {
  if (attempt.userId === null) throw new Error('a sign-in without a proven credential');
  // Sent together: the memberships are held as they are, whichever step asks for them.
  const [user, memberships] = await Promise.all([
    getUser(tx, attempt.userId),
    holdActiveMemberships(tx, attempt.userId),
  ]);
  const signIn: SignIn = { attempt, user, memberships, membership: null };
  for (const step of steps) {
    const obstacle = await step(tx, signIn, deps);
    if (obstacle instanceof ApiError) return { kind: 'refused', error: obstacle };
    if (obstacle) return { kind: 'interrupted', signIn, interruption: obstacle };
  }
  return { kind: 'ready', signIn };
}
