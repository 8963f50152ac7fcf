import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { resolveAccess } from '../authorization/index.ts';
import { readSettings } from '../environments/index.ts';
import {
  type AccessTokenDeps,
  type LiveSession,
  type OrganizationClaims,
  impersonatorOf,
  issueAccessToken,
  sessionSettings,
  startSession,
} from '../sessions/index.ts';
import type { MembershipAccess } from '../memberships/index.ts';
import { type User, noteSignIn } from '../users/index.ts';
import type { AuthenticateResponse } from './contract.ts';
import type { SignIn, SignInMembership, StepDeps } from './steps/step.ts';
import { completeAttempt } from './store.ts';
import { toSignedInUser } from './user.ts';

export interface CompletionDeps extends AccessTokenDeps, StepDeps {}

/** Ends a sign-in that passed every step: a session, its tokens, and nothing left to redeem. */
export async function completeSignIn(
  tx: Tx,
  signIn: SignIn,
  deps: CompletionDeps,
): Promise<AuthenticateResponse> {
  const { attempt, membership } = signIn;
  const { method, caller } = attempt.state;
  if (method === null) throw new Error('a sign-in without a method');
  // None depends on another's answer: they travel together.
  const [user, session, access] = await Promise.all([
    noteSignIn(tx, signIn.user.id),
    startSession(tx, deps.encryption, {
      userId: signIn.user.id,
      organizationId: membership?.organization_id ?? null,
      method,
      ipAddress: caller.ip_address,
      userAgent: caller.user_agent,
      browserSessionId: attempt.state.browser_session_id,
      authenticatedAt: attempt.state.authenticated_at,
    }),
    membership && withAccess(tx, membership),
  ]);
  if (attempt.isStored) await completeAttempt(tx, attempt, session.row.id);
  return answerTokens(tx, { user, session, membership: access }, deps);
}

/** What a session answers with: the user, and tokens that say what holds now. */
export async function answerTokens(
  reader: Reader,
  { user, session, membership }: { user: User; session: LiveSession; membership: MembershipAccess | null },
  deps: AccessTokenDeps,
): Promise<AuthenticateResponse> {
  const { row, refreshToken } = session;
  const settings = await readSettings(reader, sessionSettings);
  const organization = membership && claimsOf(membership);
  const impersonator = impersonatorOf(row);
  return {
    user: toSignedInUser(user),
    ...(membership && { organization_id: membership.organization_id }),
    access_token: await issueAccessToken(reader, deps, { session: row, organization, settings }),
    refresh_token: refreshToken,
    authentication_method: row.authentication_method,
    ...(impersonator && { impersonator }),
  };
}

const claimsOf = ({ organization_id: organizationId, access }: MembershipAccess): OrganizationClaims => ({
  organizationId,
  ...access,
});

/** Read now, not with the membership: the transaction may have waited for a lock since. */
async function withAccess(reader: Reader, membership: SignInMembership): Promise<MembershipAccess> {
  const access = await resolveAccess(reader, { membershipId: membership.id });
  if (!access) throw new Error('a membership that was just read has no access');
  return { ...membership, access };
}
