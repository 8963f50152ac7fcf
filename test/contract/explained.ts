// Where we differ from the public contract on purpose, or for now: `operation_id`, then the place, then the reason.
const laterGrants =
  'Its grant comes with a capability that is not there yet; until then the grant is refused.';
const ignored = 'Taken and not looked at: the capability that uses it is not there yet.';

export const explained: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'UserlandSessionsController_authenticate[0]': {
    'body.grant_type': laterGrants,
    'body.authentication_challenge_id': laterGrants,
    'body.radar_challenge_id': laterGrants,
    'body.verification_id': laterGrants,
    'body.phone_number': laterGrants,
    'body.device_code': laterGrants,
    'body.device_id': ignored,
    'body.signals_id': ignored,
    'body.radar_auth_attempt_id': ignored,
    '404': 'Nothing that this operation is sent is named by its path: what is unknown has a code of its own.',
    '200.user.metadata': 'The guides leave it out, and it would be handed to public clients.',
    '200.authkit_authorization_code': 'Optional; no capability gives one yet.',
    '200.oauth_tokens': 'Optional; no capability gives them yet.',
    '400.connection_ids': 'Of sso_required, which comes with single sign-on.',
    '400.email': 'Of sso_required, which comes with single sign-on.',
    '400.pending_authentication_token': 'Of sso_required, which comes with single sign-on.',
  },
  AuthorizationPermissionsController_list: {
    '404': 'A list of the environment names no object that could be missing.',
  },
  UserlandSsoController_authorize: {
    'query provider_query_params': 'Of OAuth providers, which come with social sign-in.',
    'query provider_scopes': 'Of OAuth providers, which come with social sign-in.',
    'query max_age': 'Read as text, so that a malformed one is told at the redirect URI (RFC 6749 4.1.2.1).',
    'query response_type': 'A missing one is told at the redirect URI (RFC 6749 4.1.2.1).',
    '200': 'The answer is always a redirect, or an error page.',
  },
  'UserlandUsersController_create[0]': {
    '404': 'A new user names no other object: nothing can be missing.',
    '201.radar_auth_attempt_id': 'Optional there; answered when fraud detection judges sign-ups.',
  },
  'UserlandUsersController_delete[0]': {
    '409': 'Every user can be deleted: their memberships and sessions end with them.',
  },
  'UserlandUsersController_resetPassword[0]': {
    '400.errors':
      '`password_reset_error` always has it; the other 400, an install key without an environment, has no list of errors.',
  },
};
