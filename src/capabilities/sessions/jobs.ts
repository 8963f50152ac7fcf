import { z } from 'zod';
import { defineJob, enqueue } from '../../platform/jobs/jobs.ts';
import { onDelete } from '../../platform/lifecycle.ts';
import { endSomeSessionsOf } from './sessions.ts';
import { deleteOldBrowserSessions, deleteOldSessions } from './store.ts';

const keptMs = 90 * 86_400_000;

/** Removes sessions that have been over for 90 days, as long as events are kept. */
export const purgeSessions = defineJob({
  kind: 'sessions.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 86_400,
  run: async (tx) => {
    const before = new Date(tx.now.getTime() - keptMs);
    await deleteOldSessions(tx, before);
    await deleteOldBrowserSessions(tx, before);
  },
});

const batch = 500;

/** Ends the sessions of a deleted organization, each with its event. Until it has, refreshing them is refused. */
export const endOrganizationSessionsJob = defineJob({
  kind: 'sessions.end_of_organization',
  payload: z.object({ organization_id: z.string() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, payload) => {
    const ended = await endSomeSessionsOf(tx, payload.organization_id, batch);
    if (ended === batch) enqueue(tx, endOrganizationSessionsJob, payload);
  },
});

onDelete('organization', (tx, id) => {
  enqueue(tx, endOrganizationSessionsJob, { organization_id: id });
  return Promise.resolve();
});
