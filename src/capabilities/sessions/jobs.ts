import { z } from 'zod';
import { defineJob } from '../../platform/jobs/jobs.ts';
import { deleteOldSessions } from './store.ts';

const keptMs = 90 * 86_400_000;

/** Removes sessions that have been over for 90 days, as long as events are kept. */
export const purgeSessions = defineJob({
  kind: 'sessions.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 86_400,
  run: (tx) => deleteOldSessions(tx, new Date(tx.now.getTime() - keptMs)),
});
