import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, ids, made } from './samples.ts';

const about = {
  data_integration_id: z.string(),
  provider_slug: z.string(),
  user_id: z.string().nullable(),
  organization_id: z.string().nullable(),
};

const ConnectedAccount = z.strictObject({
  object: z.literal('connected_account'),
  id: z.string(),
  ...about,
  scopes: z.array(z.string()),
  state: z.enum(['connected', 'needs_reauthorization']),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const ConnectionFailed = z.strictObject({
  object: z.literal('connection_failed'),
  ...about,
  error_code: z.string(),
  error_reason: z.string().nullable(),
  provider_error: z.string().nullable(),
  provider_error_description: z.string().nullable(),
  created_at: Timestamp,
});

const place = {
  data_integration_id: 'data_integration_01KJPY44E01N0SKJ42E0BW103W',
  provider_slug: 'github',
  user_id: ids.user,
  organization_id: ids.organization,
};

const account = {
  object: 'connected_account',
  id: 'data_installation_01KJPY44E064SS3TCHRN9719EC',
  ...place,
  scopes: ['repo', 'read:user'],
  state: 'connected',
  ...made,
};

export const pipeEvents = family('pipes', {
  'pipes.connected_account.connected': {
    when: 'Somebody connected an account at a third party.',
    planned: ConnectedAccount,
    sample: account,
  },
  'pipes.connected_account.reauthorization_needed': {
    when: 'The third party no longer accepts the tokens of a connected account.',
    planned: ConnectedAccount,
    sample: { ...account, state: 'needs_reauthorization', ...changed },
  },
  'pipes.connected_account.disconnected': {
    when: 'A connected account was disconnected.',
    planned: ConnectedAccount,
    sample: { ...account, ...changed },
  },
  'pipes.connected_account.connection_failed': {
    when: 'Connecting an account at a third party failed.',
    planned: ConnectionFailed,
    sample: {
      object: 'connection_failed',
      ...place,
      error_code: 'provider_refused',
      error_reason: 'The third party refused the request.',
      provider_error: 'access_denied',
      provider_error_description: null,
      created_at: made.created_at,
    },
  },
});
