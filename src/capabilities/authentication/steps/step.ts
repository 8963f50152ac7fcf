import type { Encryption } from '../../../platform/encryption.ts';
import type { ApiError } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { ActiveMembership } from '../../memberships/index.ts';
import type { User } from '../../users/index.ts';
import type { Attempt } from '../contract.ts';

/** What the steps know of a sign-in whose first credential is proven. */
export interface SignIn {
  readonly attempt: Attempt;
  user: User;
  /** The active ones, locked as they are until the transaction ends. */
  readonly memberships: readonly ActiveMembership[];
  /** Set by the organization step; null for somebody who belongs to none. */
  membership: SignInMembership | null;
}

export type SignInMembership = Pick<ActiveMembership, 'id' | 'organization_id'>;

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

/**
 * One question that every sign-in is asked: null lets it pass, an interruption can be resolved, an error is for good.
 * It is returned, not thrown: what led here has happened, and is told of.
 */
export type Step = (tx: Tx, signIn: SignIn, deps: StepDeps) => Promise<Interruption | ApiError | null>;
