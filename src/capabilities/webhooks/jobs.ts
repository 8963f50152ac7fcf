import { z } from 'zod';
import { defineJob, enqueue } from '../../platform/jobs/jobs.ts';
import type { Tx } from '../../platform/transaction.ts';
import { deleteEndedBefore, deleteStaleBefore, discardQueued } from './deliveries/store.ts';
import { deleteReplaysBefore } from './replays/store.ts';
import { endedKeptDays, waitingKeptDays } from './retention.ts';
import { eraseSomeOfEndpoint, forgetPreviousSecrets } from './store.ts';

/** Rows of one transaction. */
const atOnce = 5_000;
const dayMs = 86_400_000;

/** Longer than said: a replay that began at the ledger's first day reads it for a while. */
const spareMs = 3_600_000;

/** Gives up what waited for an endpoint when it was disabled. */
export const clearQueueJob = defineJob({
  kind: 'webhooks.clear_queue',
  payload: z.strictObject({ endpoint_id: z.string(), queue: z.int() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, payload) => {
    const discarded = await discardQueued(tx, payload.endpoint_id, payload.queue, atOnce);
    if (discarded === atOnce) enqueue(tx, clearQueueJob, payload);
  },
});

/** Erases a deleted endpoint with its deliveries. */
export const eraseEndpointJob = defineJob({
  kind: 'webhooks.erase_endpoint',
  payload: z.strictObject({ endpoint_id: z.string() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, payload) => {
    if (!(await eraseSomeOfEndpoint(tx, payload.endpoint_id, atOnce))) enqueue(tx, eraseEndpointJob, payload);
  },
});

const purgeRestKind = {
  kind: 'webhooks.purge_rest',
  payload: z.strictObject({}),
  maxAttempts: 5,
};

/** Removes what passed its retention: deliveries, and secrets after their overlap. */
export const purgeDeliveriesJob = defineJob({
  kind: 'webhooks.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 600,
  run: async (tx) => {
    await forgetPreviousSecrets(tx);
    await deleteReplaysBefore(tx, daysBefore(tx, endedKeptDays));
    await purgeDeliveries(tx);
  },
});

/** Goes on at once with what one transaction left: so many may end in ten minutes. */
export const purgeRestJob = defineJob({ ...purgeRestKind, run: (tx) => purgeDeliveries(tx) });

async function purgeDeliveries(tx: Tx): Promise<void> {
  const removed = [
    await deleteEndedBefore(tx, daysBefore(tx, endedKeptDays), atOnce),
    await deleteStaleBefore(tx, daysBefore(tx, waitingKeptDays), atOnce),
  ];
  if (!removed.includes(atOnce)) return;
  enqueue(tx, purgeRestKind, {}, { isOfEnvironment: false, dedupeKey: purgeRestKind.kind });
}

const daysBefore = (tx: Tx, days: number): Date => new Date(tx.now.getTime() - days * dayMs - spareMs);
