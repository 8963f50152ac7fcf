import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, email, made, times } from './samples.ts';

const WaitlistUser = z.strictObject({
  object: z.literal('waitlist_user'),
  id: z.string(),
  email: z.string(),
  state: z.enum(['pending', 'approved', 'denied']),
  approved_at: Timestamp.nullable(),
  waitlist_id: z.string().nullable().optional(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const waiting = {
  object: 'waitlist_user',
  id: 'waitlist_user_01KJPY44E0SYP9PSPNRA1QC7FE',
  email,
  state: 'pending',
  approved_at: null,
  waitlist_id: null,
  ...made,
};

export const waitlistEvents = family('waitlist', {
  'waitlist_user.created': {
    when: 'Somebody joined the waitlist.',
    planned: WaitlistUser,
    sample: waiting,
  },
  'waitlist_user.approved': {
    when: 'Somebody on the waitlist was let in.',
    planned: WaitlistUser,
    sample: { ...waiting, state: 'approved', approved_at: times.later, ...changed },
  },
  'waitlist_user.denied': {
    when: 'Somebody on the waitlist was turned away.',
    planned: WaitlistUser,
    sample: { ...waiting, state: 'denied', ...changed },
  },
});
