import type { Tx } from '../../platform/transaction.ts';
import type { CreateMembership, Membership, MembershipStatus } from './contract.ts';
import {
  acceptMembership,
  createMembership,
  deactivateMembership,
  getMembership,
  reactivateMembership,
  updateMembership,
} from './memberships.ts';
import { lockMembershipOf } from './store.ts';

/** Makes sure of a membership: one that exists keeps what is not mentioned, and what a second time would not change. */
export async function provideMembership(
  tx: Tx,
  input: CreateMembership,
  status: MembershipStatus | null,
): Promise<Membership> {
  const id = await lockMembershipOf(tx, input);
  const present =
    id === null
      ? await createMembership(tx, input, status === 'pending' ? 'pending' : 'active')
      : await updateMembership(tx, id, input);
  return status === null ? present : moveTo(tx, present, status);
}

/** Nobody is made to wait for an invitation again. */
async function moveTo(tx: Tx, { id, status: from }: Membership, to: MembershipStatus): Promise<Membership> {
  if (from === to || to === 'pending') return getMembership(tx, id);
  if (from === 'pending') await acceptMembership(tx, id);
  return to === 'inactive' ? deactivateMembership(tx, id) : reactivateMembership(tx, id);
}
