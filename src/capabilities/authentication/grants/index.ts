import { z } from 'zod';
import { authorizationCodeGrant } from './authorization-code.ts';
import { emailVerificationGrant } from './email-verification.ts';
import type { Grant } from './grant.ts';
import { organizationSelectionGrant } from './organization-selection.ts';
import { passwordGrant } from './password.ts';
import { refreshTokenGrant } from './refresh-token.ts';

/** Every grant there is. A new method is one file, and one line here. */
const grants = {
  authorization_code: authorizationCodeGrant,
  password: passwordGrant,
  refresh_token: refreshTokenGrant,
  'urn:workos:oauth:grant-type:email-verification:code': emailVerificationGrant,
  'urn:workos:oauth:grant-type:organization-selection': organizationSelectionGrant,
} satisfies Record<string, Grant>;

/** The body of `authenticate`: one schema for each `grant_type`. */
export const AuthenticateBody = z.discriminatedUnion(
  'grant_type',
  Object.values(grants).map(({ body }) => body) as unknown as [z.ZodObject<{ grant_type: z.ZodLiteral<string> }>],
) as unknown as z.ZodType<{ client_id: string; grant_type: string }>;

/** The grant of a `grant_type` that the body's schema let through. */
export function grantOf(type: string): Grant {
  const grant = new Map<string, Grant>(Object.entries(grants)).get(type);
  if (!grant) throw new Error(`no grant ${type}`);
  return grant;
}
