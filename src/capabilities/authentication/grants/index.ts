import { z } from 'zod';
import { authorizationCodeGrant } from './authorization-code.ts';
import { emailVerificationGrant } from './email-verification.ts';
import type { Grant } from './grant.ts';
import { organizationSelectionGrant } from './organization-selection.ts';
import { passwordGrant } from './password.ts';
import { refreshTokenGrant } from './refresh-token.ts';

/** The body of `authenticate`: one schema for each `grant_type`. */
export const AuthenticateBody = z.discriminatedUnion('grant_type', [
  authorizationCodeGrant.body,
  passwordGrant.body,
  refreshTokenGrant.body,
  emailVerificationGrant.body,
  organizationSelectionGrant.body,
]);
export type AuthenticateBody = z.infer<typeof AuthenticateBody>;

/** Every grant there is. A new method is one file, and a line here and above. */
const grants: Record<AuthenticateBody['grant_type'], Grant> = {
  authorization_code: authorizationCodeGrant,
  password: passwordGrant,
  refresh_token: refreshTokenGrant,
  'urn:workos:oauth:grant-type:email-verification:code': emailVerificationGrant,
  'urn:workos:oauth:grant-type:organization-selection': organizationSelectionGrant,
};

export const grantOf = (type: AuthenticateBody['grant_type']): Grant => grants[type];
