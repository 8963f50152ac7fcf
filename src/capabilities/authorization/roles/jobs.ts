import { z } from 'zod';
import { type JobKind, defineJob, enqueue } from '../../../platform/jobs/jobs.ts';
import { holdersInOneStep, takeRoleFrom } from '../assignments/holders.ts';
import { listHolders } from '../assignments/store.ts';
import { deleteRoleRow } from './store.ts';

/** Moves the next few who hold a deleted role, and asks for the rest; the role's row goes with the last of them. */
export const deleteRoleJob: JobKind<{ role_id: string }> = defineJob({
  kind: 'roles.delete',
  payload: z.object({ role_id: z.string() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, { role_id: roleId }) => {
    const holders = await listHolders(tx, roleId, holdersInOneStep);
    await takeRoleFrom(tx, roleId, holders);
    if (holders.length === holdersInOneStep) enqueue(tx, deleteRoleJob, { role_id: roleId });
    else await deleteRoleRow(tx, roleId);
  },
});
