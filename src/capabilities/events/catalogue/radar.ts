import { z } from 'zod';
import { family } from './family.ts';
import { email, ids } from './samples.ts';

const Challenge = z.strictObject({
  type: z.literal('email'),
  radar_challenge_id: z.string(),
  user_id: z.string(),
  email: z.string(),
});

export const radarEvents = family('radar', {
  'radar.challenge_created': {
    when: 'A sign-in looked risky, and the person was asked for a code sent by e-mail.',
    planned: Challenge,
    sample: {
      type: 'email',
      radar_challenge_id: 'radar_challenge_01KJPY44E0NV472F6THMSFRT8R',
      user_id: ids.user,
      email,
    },
  },
});
