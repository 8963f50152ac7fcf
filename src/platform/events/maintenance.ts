import { z } from 'zod';
import { defineJob } from '../jobs/jobs.ts';
import { maintainEventPartitions } from './partitions.ts';

/** Keeps partitions ahead of the clock and drops what passed its retention. */
export const maintainEventsJob = defineJob({
  kind: 'events.maintain',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 21_600,
  run: (tx) => maintainEventPartitions(tx, tx.now),
});
