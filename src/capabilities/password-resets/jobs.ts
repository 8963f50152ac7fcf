import { z } from 'zod';
import { type JobKind, defineJob, enqueue } from '../../platform/jobs/jobs.ts';
import type { Tx } from '../../platform/transaction.ts';
import { ApiError } from '../../platform/errors.ts';
import { type ResetDeps, createPasswordReset } from './password-resets.ts';
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

const request = {
  kind: 'password_resets.request',
  payload: z.object({ email: z.string() }),
  maxAttempts: 10,
};

/**
 * Sends a link if somebody has the address. A job does it, so that whoever asked on a page learns nothing, not even
 * from the time that the answer takes.
 */
export function requestPasswordReset(tx: Tx, email: string): void {
  enqueue(tx, request, { email });
}

export const requestPasswordResetJob = (deps: ResetDeps): JobKind<{ email: string }> =>
  defineJob({
    ...request,
    run: async (tx, { email }) => {
      try {
        await createPasswordReset(tx, deps, email);
      } catch (error) {
        // Nobody has the address, or passwords were switched off meanwhile.
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
      }
    },
  });
