import { z } from 'zod';
import { family } from './family.ts';
import { caller, email, ids } from './samples.ts';

/** Success says that one step was passed; further ones, such as a second factor, may remain. */

const from = { ip_address: z.string().nullable(), user_agent: z.string().nullable() };
const Failure = z.strictObject({ code: z.string(), message: z.string() });

const succeeded = <Type extends string>(type: Type) =>
  z.strictObject({
    type: z.literal(type),
    status: z.literal('succeeded'),
    ...from,
    user_id: z.string(),
    email: z.string(),
  });

const failed = <Type extends string>(type: Type) =>
  z.strictObject({
    type: z.literal(type),
    status: z.literal('failed'),
    ...from,
    user_id: z.string().nullable(),
    email: z.string().nullable(),
    error: Failure,
  });

const singleSignOn = <Status extends string>(status: Status) =>
  z.strictObject({
    type: z.literal('sso'),
    status: z.literal(status),
    ...from,
    user_id: z.string().nullable(),
    email: z.string().nullable(),
    sso: z.strictObject({
      organization_id: z.string().nullable(),
      connection_id: z.string().nullable(),
      session_id: z.string().nullable(),
    }),
  });

const RiskDetected = z.strictObject({
  auth_method: z.string(),
  action: z.enum(['signup', 'login']),
  control: z.string().nullable(),
  blocklist_type: z.string().nullable(),
  ...from,
  user_id: z.string(),
  email: z.string(),
});

const success = (type: string) => ({ type, status: 'succeeded', ...caller, user_id: ids.user, email });
const failure = (type: string, code: string, message: string) => ({
  type,
  status: 'failed',
  ...caller,
  user_id: ids.user,
  email,
  error: { code, message },
});
const sso = {
  organization_id: ids.organization,
  connection_id: ids.connection,
  session_id: 'sso_session_01KJPY44E022T94PHXQEC8PBFE',
};

export const authenticationEvents = family('authentication', {
  'authentication.password_succeeded': {
    when: 'Somebody gave the right password.',
    sample: success('password'),
  },
  'authentication.password_failed': {
    when: 'Somebody gave a wrong password, or one for an address that nobody has.',
    sample: failure('password', 'invalid_credentials', 'The email address or password is wrong.'),
  },
  'authentication.email_verification_succeeded': {
    when: 'Somebody proved with a code that an address is theirs.',
    sample: success('email_verification'),
  },
  'authentication.email_verification_failed': {
    when: 'Somebody gave a wrong or old code for an address.',
    isSubscribable: false,
    sample: failure('email_verification', 'invalid_one_time_code', 'The code is not correct.'),
  },
  'authentication.magic_auth_succeeded': {
    when: 'Somebody signed in with a code sent by e-mail.',
    planned: succeeded('magic_auth'),
    sample: success('magic_auth'),
  },
  'authentication.magic_auth_failed': {
    when: 'Somebody gave a wrong or old sign-in code.',
    planned: failed('magic_auth'),
    sample: failure('magic_auth', 'invalid_one_time_code', 'The code is not correct.'),
  },
  'authentication.mfa_succeeded': {
    when: 'Somebody passed the second factor.',
    planned: succeeded('mfa'),
    sample: success('mfa'),
  },
  'authentication.mfa_failed': {
    when: 'Somebody failed at the second factor.',
    isSubscribable: false,
    planned: failed('mfa'),
    sample: failure('mfa', 'invalid_one_time_code', 'The code is not correct.'),
  },
  'authentication.oauth_succeeded': {
    when: 'Somebody came back from an OAuth provider such as Google or GitHub.',
    planned: succeeded('oauth').extend({ user_id: z.string().nullable() }),
    sample: success('oauth'),
  },
  'authentication.oauth_failed': {
    when: 'A sign-in through an OAuth provider failed.',
    planned: failed('oauth'),
    sample: {
      ...failure('oauth', 'access_denied', 'The provider was not given consent.'),
      user_id: null,
      email: null,
    },
  },
  'authentication.passkey_succeeded': {
    when: 'Somebody signed in with a passkey.',
    planned: succeeded('passkey'),
    sample: success('passkey'),
  },
  'authentication.passkey_failed': {
    when: 'A sign-in with a passkey failed.',
    planned: failed('passkey'),
    sample: failure('passkey', 'invalid_assertion', 'The passkey could not be verified.'),
  },
  'authentication.reauthentication_succeeded': {
    when: 'Somebody who is signed in proved again who they are.',
    planned: succeeded('reauthentication'),
    sample: success('reauthentication'),
  },
  'authentication.radar_risk_detected': {
    when: 'A sign-in or sign-up that went through looks risky.',
    planned: RiskDetected,
    sample: {
      auth_method: 'password',
      action: 'login',
      control: 'impossible_travel',
      blocklist_type: null,
      ...caller,
      user_id: ids.user,
      email,
    },
  },
});

export const ssoAuthenticationEvents = family('sso', {
  'authentication.sso_started': {
    when: 'Somebody was sent to the identity provider of an organization.',
    planned: singleSignOn('started'),
    sample: { type: 'sso', status: 'started', ...caller, user_id: null, email, sso },
  },
  'authentication.sso_succeeded': {
    when: 'An identity provider vouched for somebody.',
    planned: singleSignOn('succeeded').extend({ email: z.string() }),
    sample: { type: 'sso', status: 'succeeded', ...caller, user_id: ids.user, email, sso },
  },
  'authentication.sso_failed': {
    when: 'A single sign-on failed.',
    planned: singleSignOn('failed').extend({ error: Failure }),
    sample: {
      ...failure('sso', 'profile_not_allowed_outside_organization', 'The address is of a foreign domain.'),
      sso,
    },
  },
  'authentication.sso_timed_out': {
    when: 'Somebody did not come back from the identity provider in time.',
    planned: singleSignOn('timed_out').extend({ error: Failure }),
    sample: {
      ...failure('sso', 'sso_timed_out', 'The identity provider did not answer in time.'),
      status: 'timed_out',
      user_id: null,
      sso,
    },
  },
});
