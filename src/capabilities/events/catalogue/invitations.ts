import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, email, ids, made, times } from './samples.ts';

/** An invitation without its token and the link to accept it. */
const Invitation = z.strictObject({
  object: z.literal('invitation'),
  id: z.string(),
  email: z.string(),
  state: z.enum(['pending', 'accepted', 'expired', 'revoked']),
  accepted_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable(),
  expires_at: Timestamp,
  organization_id: z.string().nullable(),
  inviter_user_id: z.string().nullable(),
  accepted_user_id: z.string().nullable(),
  role_slug: z.string().nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const invitation = {
  object: 'invitation',
  id: 'invitation_01KJPY44E0T5P7RZBETRBPAB29',
  email,
  state: 'pending',
  accepted_at: null,
  revoked_at: null,
  expires_at: times.nextWeek,
  organization_id: ids.organization,
  inviter_user_id: ids.otherUser,
  accepted_user_id: null,
  role_slug: 'member',
  ...made,
};

export const invitationEvents = family('invitations', {
  'invitation.created': {
    when: 'Somebody was invited; the token and link are not told.',
    planned: Invitation,
    sample: invitation,
  },
  'invitation.resent': {
    when: 'An invitation was sent again.',
    planned: Invitation,
    sample: { ...invitation, ...changed },
  },
  'invitation.accepted': {
    when: 'Somebody accepted an invitation.',
    planned: Invitation,
    sample: {
      ...invitation,
      state: 'accepted',
      accepted_at: times.later,
      accepted_user_id: ids.user,
      ...changed,
    },
  },
  'invitation.revoked': {
    when: 'An invitation was withdrawn.',
    planned: Invitation,
    sample: { ...invitation, state: 'revoked', revoked_at: times.later, ...changed },
  },
});
