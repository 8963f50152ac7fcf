import { z } from 'zod';
import { type JobKind, defineJob, enqueue } from '../../../platform/jobs/jobs.ts';
import { takePermissionFromRoles } from '../roles/permissions-of-roles.ts';
import { deletePermissionRow } from './store.ts';

/** From so many roles a permission is taken in one transaction, with an event for each. */
export const rolesInOneStep = 200;

/** Takes a deleted permission from the next few roles, and asks for the rest; its slug is free afterwards. */
export const takePermissionJob: JobKind<{ slug: string }> = defineJob({
  kind: 'permissions.take',
  payload: z.object({ slug: z.string() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, { slug }) => {
    const taken = await takePermissionFromRoles(tx, slug, rolesInOneStep);
    if (taken === rolesInOneStep) enqueue(tx, takePermissionJob, { slug });
    else await deletePermissionRow(tx, slug);
  },
});
