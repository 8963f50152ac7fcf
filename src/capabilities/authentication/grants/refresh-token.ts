import assert from 'node:assert/strict';
import { z } from 'zod';
import { type ApiError, oauthError } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { readSettings } from '../../environments/index.ts';
import { findActiveMembership } from '../../memberships/index.ts';
import { findOrganization } from '../../organizations/index.ts';
import {
  type LiveSession,
  endSession,
  moveSession,
  refreshSession,
  sessionSettings,
} from '../../sessions/index.ts';
import { getUser } from '../../users/index.ts';
import { answerTokens } from '../complete.ts';
import { grantFields } from '../contract.ts';
import type { SignInMembership } from '../steps/step.ts';
import { defineGrant } from './grant.ts';

const notValid = (): ApiError =>
  oauthError('invalid_grant', 'The refresh token is not valid any more. Sign in again.');

export const refreshTokenGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('refresh_token'),
      refresh_token: z.string().min(1).max(500),
      organization_id: z.string().min(1).max(100).nullable().optional(),
    })
    .meta({ id: 'RefreshTokenGrant' }),
  isForPublicClients: true,
  run: async (tx, { body }, deps) => {
    const settings = await readSettings(tx, sessionSettings);
    const refreshed = await refreshSession(tx, deps.encryption, body.refresh_token, settings);
    if (refreshed.kind === 'ended') return notValid();
    if (refreshed.kind === 'invalid') throw notValid();
    const { session } = refreshed;
    const membership = await settleOrganization(tx, session, body.organization_id ?? null);
    if (membership === 'lost') {
      await endSession(tx, session.row.id);
      return notValid();
    }
    const user = await getUser(tx, session.row.user_id);
    return { kind: 'answered', response: await answerTokens(tx, { user, session, membership }, deps) };
  },
});

/**
 * The organization of the refreshed session: the one asked for, else the one it has. `lost` when the user has left
 * that one.
 * @throws ApiError 400 when the one asked for does not exist or is not theirs; the token stays valid then
 */
async function settleOrganization(
  tx: Tx,
  { row }: LiveSession,
  requested: string | null,
): Promise<SignInMembership | null | 'lost'> {
  const organizationId = requested ?? row.organization_id;
  if (organizationId === null) return null;
  const membership = await findActiveMembership(tx, row.user_id, organizationId);
  if (membership) {
    if (organizationId !== row.organization_id) await moveSession(tx, row.id, organizationId);
    return membership;
  }
  // SDKs name the organization of the token they hold: to lose that one is no failed switch.
  if (organizationId === row.organization_id) return 'lost';
  assert(requested !== null);
  if (await findOrganization(tx, requested)) {
    throw oauthError(
      'organization_membership_not_found',
      'The user is not an active member of this organization.',
    );
  }
  throw oauthError('organization_not_found', 'There is no such organization.');
}
