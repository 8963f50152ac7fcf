import { z } from 'zod';
import { emit } from '../../platform/events/events.ts';
import { type JobKind, defineJob, enqueue } from '../../platform/jobs/jobs.ts';
import { onDelete } from '../../platform/lifecycle.ts';
import type { Tx } from '../../platform/transaction.ts';
import { deleteRolesOfOrganization } from '../authorization/index.ts';
import { MembershipDeleted } from './events.ts';
import { deleteMembershipRows, lockOldest } from './store.ts';

/** An organization of up to this many memberships goes with them in one transaction. */
const mostInline = 500;
const batchSize = 300;

/** Deletes the next few memberships of a deleted organization, and asks for the rest to be deleted. */
export const eraseMembershipsJob: JobKind<{ organization_id: string }> = defineJob({
  kind: 'memberships.erase',
  payload: z.object({ organization_id: z.string() }),
  maxAttempts: 20,
  isStep: true,
  run: async (tx, { organization_id: organizationId }) => {
    const ids = await lockOldest(tx, { organizationId }, batchSize);
    await deleteWithEvents(tx, ids);
    if (ids.length === batchSize) enqueue(tx, eraseMembershipsJob, { organization_id: organizationId });
    else await deleteRolesOfOrganization(tx, organizationId);
  },
});

// Reads look for the organization, so that a big one's memberships are gone with it, whenever the job runs.
onDelete('organization', async (tx, organizationId) => {
  const ids = await lockOldest(tx, { organizationId }, mostInline + 1);
  if (ids.length > mostInline) {
    enqueue(tx, eraseMembershipsJob, { organization_id: organizationId });
    return;
  }
  await deleteWithEvents(tx, ids);
  await deleteRolesOfOrganization(tx, organizationId);
});

onDelete('user', async (tx, userId) => {
  let ids: string[];
  do {
    ids = await lockOldest(tx, { userId }, batchSize);
    await deleteWithEvents(tx, ids);
  } while (ids.length === batchSize);
});

async function deleteWithEvents(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const record of await deleteMembershipRows(tx, ids)) {
    emit(tx, MembershipDeleted, record, { organizationId: record.organization_id });
  }
}
