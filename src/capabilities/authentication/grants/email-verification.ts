import { z } from 'zod';
import { hashToken } from '../../../platform/encryption.ts';
import { grantFields } from '../contract.ts';
import { proveEmail } from '../methods/email-code.ts';
import { signInTries } from '../methods/password.ts';
import { defineGrant } from './grant.ts';
import { PendingToken, resumeAttempt } from './pending.ts';

export const emailVerificationGrant = defineGrant({
  body: z
    .object({
      ...grantFields,
      grant_type: z.literal('urn:workos:oauth:grant-type:email-verification:code'),
      code: z.string().min(1).max(20),
      pending_authentication_token: PendingToken,
    })
    .meta({ id: 'EmailVerificationGrant' }),
  isForPublicClients: false,
  prepare: (reader, body, { quotas }) =>
    quotas.consume(reader, signInTries, hashToken(body.pending_authentication_token).toString('hex')),
  run: async (tx, { body, caller }, { encryption }) => {
    const attempt = await resumeAttempt(tx, body.pending_authentication_token);
    const refusal = await proveEmail(tx, encryption, { userId: attempt.userId, code: body.code, caller });
    return refusal ?? { kind: 'proven', attempt };
  },
});
