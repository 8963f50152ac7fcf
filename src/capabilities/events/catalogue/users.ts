import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { caller, changed, email, ids, made, times } from './samples.ts';

const MagicAuth = z.strictObject({
  object: z.literal('magic_auth'),
  id: z.string(),
  user_id: z.string(),
  email: z.string(),
  expires_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
});

const user = {
  object: 'user',
  id: ids.user,
  email,
  email_verified: false,
  first_name: 'Maren',
  last_name: 'Holt',
  name: 'Maren Holt',
  profile_picture_url: null,
  last_sign_in_at: null,
  external_id: 'employee-4711',
  metadata: { team: 'platform' },
  locale: 'en',
  ...made,
};

const session = {
  object: 'session',
  id: ids.session,
  user_id: ids.user,
  organization_id: ids.organization,
  status: 'active',
  auth_method: 'password',
  ...caller,
  expires_at: times.nextWeek,
  ended_at: null,
  ...made,
};

const passwordReset = {
  object: 'password_reset',
  id: 'password_reset_01KJPY44E0RWEHFSHKYNHVY5H7',
  user_id: ids.user,
  email,
  expires_at: times.later,
  created_at: times.created,
};

export const userEvents = family('users', {
  'user.created': { when: 'A person was added, or signed up.', sample: user },
  'user.updated': {
    when: 'A person was changed: by the API, by a new password, or by proving the address. Signing in alone does not count.',
    sample: { ...user, email_verified: true, ...changed },
    previous: { email_verified: false },
  },
  'user.deleted': { when: 'A person was deleted.', sample: { ...user, ...changed } },
});

export const sessionEvents = family('sessions', {
  'session.created': { when: 'Somebody signed in.', sample: session },
  'session.revoked': {
    when: 'A session ended before its time: by signing out, by the API, by a reset password.',
    sample: { ...session, status: 'revoked', ended_at: times.later, ...changed },
  },
});

export const emailVerificationEvents = family('email-verifications', {
  'email_verification.created': {
    when: 'A code was made that proves an address; the code itself is not told.',
    sample: {
      object: 'email_verification',
      id: 'email_verification_01KJPY44E02262Z4Z4XYDMPYBA',
      user_id: ids.user,
      email,
      expires_at: times.tenMinutesOn,
      ...made,
    },
  },
});

export const magicAuthEvents = family('magic-auth', {
  'magic_auth.created': {
    when: 'A sign-in code was made for somebody; the code itself is not told.',
    planned: MagicAuth,
    sample: {
      object: 'magic_auth',
      id: 'magic_auth_01KJPY44E0ADWVKB4451VTJ4D9',
      user_id: ids.user,
      email,
      expires_at: times.tenMinutesOn,
      ...made,
    },
  },
});

export const passwordResetEvents = family('password-resets', {
  'password_reset.created': {
    when: 'Somebody may choose a new password; the token and link are not told.',
    sample: passwordReset,
  },
  'password_reset.succeeded': { when: 'Somebody chose a new password.', sample: passwordReset },
});
