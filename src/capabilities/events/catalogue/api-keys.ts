import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, ids, made, times } from './samples.ts';

const ApiKey = z.strictObject({
  object: z.literal('api_key'),
  id: z.string(),
  owner: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('organization'), id: z.string() }),
    z.strictObject({ type: z.literal('user'), id: z.string(), organization_id: z.string() }),
  ]),
  name: z.string(),
  obfuscated_value: z.string(),
  last_used_at: Timestamp.nullable(),
  expires_at: Timestamp.nullable(),
  permissions: z.array(z.string()),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const UpdatedApiKey = ApiKey.extend({
  previous_attributes: z.strictObject({ expires_at: Timestamp.nullable() }),
});

const sample = {
  object: 'api_key',
  id: 'api_key_01KJPY44E091VHA0NJETXM7A33',
  owner: { type: 'organization', id: ids.organization },
  name: 'Nightly export',
  obfuscated_value: 'sk_...x7Qw',
  last_used_at: null,
  expires_at: null,
  permissions: ['reports:read'],
  ...made,
};

export const apiKeyEvents = family('api-keys', {
  'api_key.created': {
    when: 'An API key of an organization or of a person was made.',
    planned: ApiKey,
    sample,
  },
  'api_key.updated': {
    when: 'The expiry of an API key was changed.',
    planned: UpdatedApiKey,
    sample: {
      ...sample,
      expires_at: times.nextYear,
      ...changed,
      previous_attributes: { expires_at: null },
    },
  },
  'api_key.revoked': {
    when: 'An API key was revoked: it opens nothing any more.',
    planned: ApiKey,
    sample: { ...sample, last_used_at: times.tenMinutesOn, ...changed },
  },
});
