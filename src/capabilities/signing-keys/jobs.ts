import { z } from 'zod';
import { defineJob } from '../../platform/jobs/jobs.ts';
import { keptDays } from './schedule.ts';
import { deleteEndedKeys, erasePrivateKeys } from './store.ts';

/** Private parts go when their key expires, the rows a season later. */
export const purgeSigningKeys = defineJob({
  kind: 'signing_keys.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 3_600,
  run: async (tx) => {
    await erasePrivateKeys(tx);
    await deleteEndedKeys(tx, new Date(tx.now.getTime() - keptDays * 86_400_000));
  },
});
