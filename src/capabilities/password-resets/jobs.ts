import { z } from 'zod';
import { defineJob } from '../../platform/jobs/jobs.ts';
import { deleteOldResets } from './store.ts';

const keptMs = 30 * 86_400_000;

/** Removes resets that expired a month ago. */
export const purgePasswordResets = defineJob({
  kind: 'password_resets.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 86_400,
  run: (tx) => deleteOldResets(tx, new Date(tx.now.getTime() - keptMs)),
});
