import type { Encryption } from '../../platform/encryption.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Membership } from '../memberships/index.ts';
import { type User, getUser } from '../users/index.ts';
import type { Attempt } from './attempts.ts';
import { chooseOrganization } from './steps/organization.ts';
import { verifyEmail } from './steps/email-verification.ts';

/** What the steps know of a sign-in whose first credential is proven. */
export interface SignIn {
  readonly attempt: Attempt;
  user: User;
  /** Set by the organization step; null for somebody who belongs to none. */
  membership: SignInMembership | null;
}

export type SignInMembership = Pick<Membership, 'id' | 'organization_id'>;

/** Why a sign-in cannot end yet, in the words of the wire (spec/authkit 8.5). */
export interface Interruption {
  readonly code: 'email_verification_required' | 'organization_selection_required';
  readonly message: string;
  /** Documented fields beside the pending token. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface StepDeps {
  encryption: Encryption;
}

/** One question that every sign-in is asked: null lets it pass. Refusals for good are thrown. */
export type Step = (tx: Tx, signIn: SignIn, deps: StepDeps) => Promise<Interruption | null>;

/**
 * The steps between the first credential and the session, in their order (spec/authkit 8.3). A grant proves who
 * somebody is and hands over the attempt; it cannot leave a step out, and a step runs again after each interruption.
 */
const steps: readonly Step[] = [verifyEmail, chooseOrganization];

export type Advance =
  { kind: 'ready'; signIn: SignIn } | { kind: 'interrupted'; signIn: SignIn; interruption: Interruption };

/** Takes a sign-in as far as it gets. */
export async function advance(tx: Tx, attempt: Attempt, deps: StepDeps): Promise<Advance> {
  if (attempt.userId === null) throw new Error('a sign-in without a proven credential');
  const signIn: SignIn = { attempt, user: await getUser(tx, attempt.userId), membership: null };
  for (const step of steps) {
    const interruption = await step(tx, signIn, deps);
    if (interruption) return { kind: 'interrupted', signIn, interruption };
  }
  return { kind: 'ready', signIn };
}
