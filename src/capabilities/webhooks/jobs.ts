import { z } from 'zod';
import { defineJob, enqueue } from '../../platform/jobs/jobs.ts';
import { deleteEndedBefore, deleteStaleBefore, discardQueued } from './deliveries/store.ts';
import { deleteReplaysBefore } from './replays/store.ts';
import { eraseSomeOfEndpoint, forgetPreviousSecrets } from './store.ts';

/** Rows of one transaction. */
const atOnce = 5_000;
const dayMs = 86_400_000;

/** How long the ledger keeps a delivery that ended. */
export const endedKeptDays = 30;
/** How long a delivery waits at most, behind a pause: its event goes after 90 days. */
export const waitingKeptDays = 85;

/** Gives up what waited for an endpoint when it was disabled. */
export const clearQueueJob = defineJob({
  kind: 'webhooks.clear_queue',
  payload: z.strictObject({ endpoint_id: z.string(), through: z.int() }),
  maxAttempts: 20,
  run: async (tx, payload) => {
    const discarded = await discardQueued(tx, payload.endpoint_id, payload.through, atOnce);
    if (discarded === atOnce) enqueue(tx, clearQueueJob, payload);
  },
});

/** Erases a deleted endpoint with its deliveries. */
export const eraseEndpointJob = defineJob({
  kind: 'webhooks.erase_endpoint',
  payload: z.strictObject({ endpoint_id: z.string() }),
  maxAttempts: 20,
  run: async (tx, payload) => {
    if (!(await eraseSomeOfEndpoint(tx, payload.endpoint_id, atOnce))) enqueue(tx, eraseEndpointJob, payload);
  },
});

/** Removes what passed its retention: deliveries, and secrets after their overlap. */
export const purgeDeliveriesJob = defineJob({
  kind: 'webhooks.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 600,
  run: async (tx) => {
    const before = (days: number) => new Date(tx.now.getTime() - days * dayMs);
    await forgetPreviousSecrets(tx);
    await deleteEndedBefore(tx, before(endedKeptDays), 4 * atOnce);
    await deleteReplaysBefore(tx, before(endedKeptDays));
    await deleteStaleBefore(tx, before(waitingKeptDays), 4 * atOnce);
  },
});
