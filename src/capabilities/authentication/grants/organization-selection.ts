import { z } from 'zod';
import { ApiError } from '../../../platform/errors.ts';
import { findActiveMembership } from '../../memberships/index.ts';
import { grantFields } from '../contract.ts';
import { defineGrant } from './grant.ts';
import { PendingToken, resumeAttempt } from './pending.ts';

export const organizationSelectionGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('urn:workos:oauth:grant-type:organization-selection'),
      pending_authentication_token: PendingToken,
      organization_id: z.string().min(1).max(100),
    })
    .meta({ id: 'OrganizationSelectionGrant' }),
  isForPublicClients: false,
  run: async (tx, { body }) => {
    const attempt = await resumeAttempt(tx, body.pending_authentication_token);
    const membership = await findActiveMembership(tx, attempt.userId, body.organization_id);
    if (!membership) {
      throw new ApiError('invalid_organization_id', {
        status: 400,
        message: 'The user is not an active member of this organization.',
      });
    }
    attempt.state.organization_id = membership.organization_id;
    return { kind: 'proven', attempt };
  },
});
