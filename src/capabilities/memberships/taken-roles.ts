import { changedFrom } from '../../lib/object.ts';
import { emit } from '../../platform/events/events.ts';
import type { Tx } from '../../platform/transaction.ts';
import { whenRolesAreTaken } from '../authorization/index.ts';
import { MembershipUpdated } from './events.ts';
import { listRecords, lockRecords, touchMemberships } from './store.ts';

// A role that is deleted, or one too many, goes from very many memberships: a few of them in each transaction.
whenRolesAreTaken(async (tx, ids, change) => {
  const before = new Map((await lockRecords(tx, ids)).map((record) => [record.id, record]));
  await change();
  const after = await listRecords(tx, ids);
  const changed = after.flatMap((record) => {
    const previousAttributes = changedFrom(before.get(record.id) ?? record, record);
    return Object.keys(previousAttributes).length > 0 ? [{ record, previousAttributes }] : [];
  });
  await touchMemberships(
    tx,
    changed.map(({ record }) => record.id),
  );
  for (const { record, previousAttributes } of changed) tellOf(tx, record, previousAttributes);
});

function tellOf(
  tx: Tx,
  record: Awaited<ReturnType<typeof listRecords>>[number],
  previousAttributes: Record<string, unknown>,
): void {
  const data = { ...record, updated_at: tx.now.toISOString() };
  emit(tx, MembershipUpdated, data, { organizationId: record.organization_id, previousAttributes });
}
