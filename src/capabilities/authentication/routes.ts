import { type Operation, operation } from '../../platform/operation.ts';
import { type GrantEndpointDeps, authenticate, authenticateAlone, prepareGrant } from './authenticate.ts';
import { AuthenticateResponse } from './contract.ts';
import { authorize } from './authorize/authorize.ts';
import { AuthorizeQuery } from './authorize/contract.ts';
import { hostedOperations } from './hosted/index.ts';
import type { HostedDeps } from './hosted/hosted-attempt.ts';
import { AuthenticateBody } from './grants/index.ts';

/** In the words of OAuth: `{error, error_description}` (spec/authkit 8.6). */
const shapeB = [
  ['invalid_client', 'The client_id or client_secret is not valid, or the grant needs a secret.'],
  ['invalid_request', 'Neither client_secret nor code_verifier was sent.'],
  ['invalid_grant', 'The code or refresh token is unknown, used, expired or of another client.'],
  ['invitation_invalid', 'The invitation does not exist or cannot be used any more.'],
  ['organization_not_found', 'There is no organization of this id.'],
  ['organization_membership_not_found', 'The user is not an active member of the organization.'],
] as const;

/** In the words of the API: `{code, message}`. */
const shapeA = [
  ['invalid_credentials', 'The email address or password is wrong.'],
  ['invalid_one_time_code', 'The code is wrong.'],
  ['one_time_code_expired', 'The code has expired.'],
  ['one_time_code_previously_used', 'The code was used before.'],
  ['one_time_code_too_many_attempts', 'Too many wrong codes were entered.'],
  ['invalid_pending_authentication_token', 'The token is unknown, spent or expired.'],
  ['invalid_organization_id', 'The user is not an active member of the organization.'],
  ['code_challenge_not_found', 'A verifier was sent for a sign-in without a challenge.'],
] as const;

export interface AuthenticationDeps extends HostedDeps, GrantEndpointDeps {}

export function authenticationOperations(deps: AuthenticationDeps): readonly Operation[] {
  return [
    operation({
      id: 'authentication.authenticate',
      summary: 'Sign a user in, or go on with a sign-in, by one of several grants',
      method: 'POST',
      path: '/user_management/authenticate',
      protocol: 'api',
      principals: ['api_key', 'none'],
      environmentFrom: 'client_id',
      permission: null,
      accepts: 'json_or_form',
      body: AuthenticateBody,
      returns: { 200: AuthenticateResponse },
      errors: [
        ...shapeB.map(([code, when]) => ({ status: 400, code, when, protocol: 'oauth' as const })),
        ...shapeA.map(([code, when]) => ({ status: 400, code, when })),
        {
          status: 403,
          code: 'email_verification_required',
          when: 'A code was sent to the address; go on with the email-verification grant.',
        },
        {
          status: 403,
          code: 'organization_selection_required',
          when: 'The user belongs to several organizations; go on with the organization-selection grant.',
        },
        { status: 403, code: 'email_password_auth_disabled', when: 'The environment has no passwords.' },
        { status: 422, code: 'invalid_request_parameters', when: 'A field is missing or malformed.' },
        {
          status: 429,
          code: 'too_many_requests',
          protocol: 'oauth',
          when: 'Ten attempts in a minute, per address or challenge.',
        },
      ],
      prepare: (reader, input) => prepareGrant(reader, input, deps),
      runAlone: (reader, input) => authenticateAlone(reader, input, deps),
      run: (tx, input) => authenticate(tx, input, deps),
    }),
    operation({
      id: 'authentication.authorize',
      summary: 'Send somebody to sign in',
      method: 'GET',
      path: '/user_management/authorize',
      protocol: 'page',
      principals: ['none'],
      environmentFrom: 'client_id',
      permission: null,
      isWriting: true,
      query: AuthorizeQuery,
      returns: { 302: 'redirect' },
      errors: [
        { status: 400, code: 'invalid_client', when: 'There is no such client_id; shown as a page.' },
        {
          status: 400,
          code: 'invalid_redirect_uri',
          when: 'redirect_uri is not registered; shown as a page.',
        },
        { status: 422, code: 'validation_failed', when: 'A parameter is missing, given twice or too long.' },
      ],
      run: (tx, { query, request }) => authorize(tx, deps, query, request),
    }),
    ...hostedOperations(deps),
  ];
}
