import { z } from 'zod';
import { family } from './family.ts';
import { caller, email, ids } from './samples.ts';

const denied = <Type extends string>(type: Type) =>
  z.strictObject({
    action_endpoint_id: z.string(),
    action_execution_id: z.string(),
    type: z.literal(type),
    verdict: z.literal('Deny'),
    organization_id: z.string().nullable(),
    email: z.string(),
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
  });

const AuthenticationDenied = denied('authentication').extend({ user_id: z.string() });
const UserRegistrationDenied = denied('user_registration');

const sample = {
  action_endpoint_id: 'action_endpoint_01KJPY44E0ZN3V8620QY325KQP',
  action_execution_id: 'action_execution_01KJPY44E061FYPK9124C8MP1Q',
  verdict: 'Deny',
  organization_id: ids.organization,
  email,
  ...caller,
};

export const actionEvents = family('actions', {
  'action.authentication.denied': {
    when: 'An action of the application refused a sign-in.',
    planned: AuthenticationDenied,
    isSubscribable: false,
    sample: { ...sample, type: 'authentication', user_id: ids.user },
  },
  'action.user_registration.denied': {
    when: 'An action of the application refused a sign-up.',
    planned: UserRegistrationDenied,
    isSubscribable: false,
    sample: { ...sample, type: 'user_registration', organization_id: null },
  },
});
