import { z } from 'zod';
import { ApiError } from '../../../platform/errors.ts';
import { beginAttempt } from '../attempts.ts';
import { grantFields } from '../contract.ts';
import { invitationInvalid } from '../invitations.ts';
import { checkPassword, provePassword } from '../methods/password.ts';
import { defineGrant } from './grant.ts';

export const passwordGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('password'),
      email: z.string().min(1).max(320),
      password: z.string().min(1),
      invitation_token: z.string().max(100).optional(),
    })
    .meta({ id: 'PasswordGrant' }),
  isForPublicClients: false,
  prepare: (reader, body, deps) => checkPassword(reader, deps, body),
  run: async (tx, { body, prepared, caller }) => {
    const userId = await provePassword(tx, prepared, { email: body.email, caller });
    if (userId instanceof ApiError) return userId;
    if (body.invitation_token !== undefined) return invitationInvalid();
    return { kind: 'proven', attempt: beginAttempt(tx, { caller, userId, method: 'Password' }) };
  },
});
