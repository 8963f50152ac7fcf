import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { email, ids, made, times } from './samples.ts';

const AgentRegistration = z.strictObject({
  object: z.literal('agent_registration'),
  id: z.string(),
  agent_identity: z.strictObject({
    object: z.literal('agent_identity'),
    id: z.string(),
    userland_user_id: z.string().nullable(),
  }),
  organization_id: z.string(),
  status: z.enum(['unverified', 'verified', 'expired', 'revoked']),
  kind: z.enum(['anonymous', 'service_auth', 'identity_assertion']),
  method: z.enum(['anonymous', 'service_auth', 'id_jag']),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const ClaimAttempt = z.strictObject({
  object: z.literal('agent_registration_claim_attempt'),
  id: z.string(),
  agent_registration_id: z.string(),
  agent_registration_claim_id: z.string(),
  login_hint: z.string(),
  expires_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
});

const Claim = z.strictObject({
  object: z.literal('agent_registration_claim'),
  id: z.string(),
  agent_registration_id: z.string(),
  completed_by_attempt_id: z.string(),
  claimed_by: z.strictObject({ user_id: z.string(), organization_id: z.string().nullable() }),
  completed_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
});

const Credential = z.strictObject({
  object: z.literal('agent_registration_credential'),
  id: z.string(),
  agent_registration_id: z.string(),
  detail: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('api_key'), api_key_id: z.string() }),
    z.strictObject({ kind: z.literal('access_token'), jti: z.string(), expires_at: Timestamp.nullable() }),
  ]),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const NamedRegistration = z.strictObject({ agent_registration_id: z.string() });

const SwitchedRegistration = NamedRegistration.extend({
  from_organization_id: z.string(),
  to_organization_id: z.string(),
});

const registration = 'agent_registration_01KJPY44E0PHKRHPXXYXD1FN63';
const attempt = 'agent_registration_claim_attempt_01KJPY44E04VM1QQ88NHBXY50R';
const claim = 'agent_registration_claim_01KJPY44E0K5EQ0EVT3H9473EF';
const named = { planned: NamedRegistration, sample: { agent_registration_id: registration } };

export const agentRegistrationEvents = family('agent-registrations', {
  'agent.registration.created': {
    when: 'An agent registered with the installation.',
    planned: AgentRegistration,
    sample: {
      object: 'agent_registration',
      id: registration,
      agent_identity: {
        object: 'agent_identity',
        id: 'agent_identity_01KJPY44E0FASMA4PH1ATM2T0W',
        userland_user_id: null,
      },
      organization_id: ids.organization,
      status: 'unverified',
      kind: 'anonymous',
      method: 'anonymous',
      ...made,
    },
  },
  'agent.registration.claim.attempt.created': {
    when: 'Somebody was asked to claim the registration of an agent.',
    planned: ClaimAttempt,
    sample: {
      object: 'agent_registration_claim_attempt',
      id: attempt,
      agent_registration_id: registration,
      agent_registration_claim_id: claim,
      login_hint: email,
      expires_at: times.tenMinutesOn,
      ...made,
    },
  },
  'agent.registration.claim.completed': {
    when: 'A person claimed the registration of an agent.',
    planned: Claim,
    sample: {
      object: 'agent_registration_claim',
      id: claim,
      agent_registration_id: registration,
      completed_by_attempt_id: attempt,
      claimed_by: { user_id: ids.user, organization_id: ids.organization },
      completed_at: times.later,
      created_at: times.created,
      updated_at: times.later,
    },
  },
  'agent.registration.credential.issued': {
    when: 'A registered agent was given an API key or an access token.',
    planned: Credential,
    sample: {
      object: 'agent_registration_credential',
      id: 'agent_registration_credential_01KJPY44E0E3BXCTB40G35P3F7',
      agent_registration_id: registration,
      detail: { kind: 'api_key', api_key_id: 'api_key_01KJPY44E091VHA0NJETXM7A33' },
      ...made,
    },
  },
  'agent.registration.refreshed': { when: 'A registered agent renewed its access token.', ...named },
  'agent.registration.organization.switched': {
    when: 'A registered agent went on in another organization.',
    planned: SwitchedRegistration,
    sample: {
      agent_registration_id: registration,
      from_organization_id: ids.organization,
      to_organization_id: ids.otherOrganization,
    },
  },
  'agent.registration.expired': { when: 'The registration of an agent ran out.', ...named },
  'agent.registration.revoked': { when: 'The registration of an agent was revoked.', ...named },
  'agent.registration.deleted': { when: 'The registration of an agent was deleted.', ...named },
});
