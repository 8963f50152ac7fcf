import { z } from 'zod';
import { type JobKind, defineJob, enqueue } from '../../../platform/jobs/jobs.ts';
import { readSettingsNow, whenSettingsChange } from '../../environments/index.ts';
import { roleSettings } from '../configuration/settings.ts';
import { holdersInOneStep, keepFirstRoleOf } from './holders.ts';
import { listMembershipsWithRoles } from './store.ts';

/**
 * After multiple roles were switched off: goes through the memberships, a few at a time, and leaves each the role of
 * highest priority. Ends when they are switched on again.
 */
export const keepFirstRoleJob: JobKind<{ after: string }> = defineJob({
  kind: 'roles.keep_first',
  payload: z.object({ after: z.string() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, { after }) => {
    if ((await readSettingsNow(tx, roleSettings)).multiple_roles_enabled) return;
    const memberships = await listMembershipsWithRoles(tx, after, holdersInOneStep);
    const several = memberships.filter(({ has_several: hasSeveral }) => hasSeveral);
    await keepFirstRoleOf(
      tx,
      several.map(({ id }) => id),
    );
    const last = memberships.at(-1);
    if (last && memberships.length === holdersInOneStep) enqueue(tx, keepFirstRoleJob, { after: last.id });
  },
});

whenSettingsChange(roleSettings, async (tx, before, after) => {
  if (before.multiple_roles_enabled && !after.multiple_roles_enabled) {
    enqueue(tx, keepFirstRoleJob, { after: '' });
  }
});
