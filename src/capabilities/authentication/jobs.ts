import { z } from 'zod';
import { defineJob } from '../../platform/jobs/jobs.ts';
import { deleteOldAttempts } from './store.ts';

const keptMs = 7 * 86_400_000;

/** Removes sign-ins that ended or were given up a week ago. */
export const purgeLoginAttempts = defineJob({
  kind: 'login_attempts.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 3_600,
  run: (tx) => deleteOldAttempts(tx, new Date(tx.now.getTime() - keptMs)),
});
