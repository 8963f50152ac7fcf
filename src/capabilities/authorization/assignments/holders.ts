import assert from 'node:assert/strict';
import type { Tx } from '../../../platform/transaction.ts';
import * as store from './store.ts';

/**
 * Runs a change of what these memberships hold: keeps them from changing otherwise, and tells of those that are
 * different afterwards.
 */
export type ChangeHolders = (
  tx: Tx,
  membershipIds: readonly string[],
  change: () => Promise<void>,
) => Promise<void>;

/** So many memberships change in one transaction: short enough for whoever signs in meanwhile. */
export const holdersInOneStep = 25;

let changeHolders: ChangeHolders | null = null;

/** Declares how roles of many memberships are changed at once; for the slice that owns memberships. */
export function whenRolesAreTaken(change: ChangeHolders): void {
  assert(changeHolders === null, 'declared twice');
  changeHolders = change;
}

async function changeAll(tx: Tx, ids: readonly string[], change: () => Promise<void>): Promise<void> {
  assert(changeHolders, 'no slice owns memberships');
  if (ids.length > 0) await changeHolders(tx, ids, change);
}

/** Takes a role from memberships; who has no other is given the default one of their organization. */
export function takeRoleFrom(tx: Tx, roleId: string, ids: readonly string[]): Promise<void> {
  return changeAll(tx, ids, async () => {
    await store.removeRole(tx, roleId, ids);
    await store.insertDefaults(tx, await holdDefaults(tx, ids));
  });
}

/** Those without a role, each with its default, which nobody deletes until the transaction ends. */
async function holdDefaults(
  tx: Tx,
  ids: readonly string[],
): Promise<readonly { id: string; role_id: string }[]> {
  const bare = await store.listWithoutRole(tx, ids);
  const wanted = [...new Set(bare.map(({ role_id }) => role_id))];
  const held = await store.holdRolesById(tx, wanted);
  // A default that was replaced and deleted between the two statements is not there any more.
  return held.size === wanted.length ? bare : holdDefaults(tx, ids);
}

/** Leaves each of these memberships its role of highest priority. */
export function keepFirstRoleOf(tx: Tx, ids: readonly string[]): Promise<void> {
  return changeAll(tx, ids, () => store.keepFirstRole(tx, ids));
}
