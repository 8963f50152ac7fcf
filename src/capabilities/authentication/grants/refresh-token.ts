import assert from 'node:assert/strict';
import { z } from 'zod';
import { type ApiError, oauthError } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { readSettings } from '../../environments/index.ts';
import { findOrganization } from '../../organizations/index.ts';
import {
  endSession,
  moveSession,
  refreshSession,
  refreshSessionAlone,
  sessionSettings,
} from '../../sessions/index.ts';
import { answerTokens } from '../complete.ts';
import { grantFields } from '../contract.ts';
import { defineGrant } from './grant.ts';

const notValid = (): ApiError =>
  oauthError('invalid_grant', 'The refresh token is not valid any more. Sign in again.');

export const refreshTokenGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('refresh_token'),
      /** Left out by an application in the browser whose token is kept as a cookie. */
      refresh_token: z.string().min(1).max(500).optional(),
      organization_id: z.string().min(1).max(100).nullable().optional(),
    })
    .meta({ id: 'RefreshTokenGrant' }),
  isForPublicClients: true,
  runAlone: async (reader, body, deps) => {
    const refreshed = await refreshSessionAlone(reader, deps, {
      token: tokenOf(body),
      organizationId: body.organization_id ?? null,
      settings: await readSettings(reader, sessionSettings),
    });
    if (!refreshed) return null;
    const { session, holder } = refreshed;
    return answerTokens(reader, { session, user: holder.user, membership: holder.membership }, deps);
  },
  run: async (tx, { body }, deps) => {
    const organizationId = body.organization_id ?? null;
    const refreshed = await refreshSession(tx, deps.encryption, {
      token: tokenOf(body),
      organizationId,
      settings: await readSettings(tx, sessionSettings),
    });
    if (refreshed.kind === 'ended') return notValid();
    if (refreshed.kind === 'invalid') throw notValid();
    const { session, holder } = refreshed;
    const { user, membership } = holder;
    // SDKs name the organization of the token they hold: to have lost that one is no failed switch.
    const isSwitch = organizationId !== null && organizationId !== session.row.organization_id;
    if (!membership && isSwitch) throw await organizationRefused(tx, organizationId);
    if (!membership && session.row.organization_id !== null) {
      // The user has left the organization that the session is of.
      await endSession(tx, session.row.id);
      return notValid();
    }
    if (membership && membership.organization_id !== session.row.organization_id) {
      await moveSession(tx, session.row.id, membership.organization_id);
    }
    return { kind: 'answered', response: await answerTokens(tx, { user, session, membership }, deps) };
  },
});

/** Never missing here: the endpoint has put the cookie's in its place, or refused the request. */
function tokenOf({ refresh_token: token }: { refresh_token?: string | undefined }): string {
  assert(token !== undefined, 'a refresh without a token');
  return token;
}

/** Why a session cannot go on in the organization that was asked for; the token stays valid then. */
async function organizationRefused(tx: Tx, id: string): Promise<ApiError> {
  if (await findOrganization(tx, id)) {
    return oauthError(
      'organization_membership_not_found',
      'The user is not an active member of this organization.',
    );
  }
  return oauthError('organization_not_found', 'There is no such organization.');
}
