import assert from 'node:assert/strict';
import { changedFrom } from '../../lib/object.ts';
import type { List } from '../../platform/contract.ts';
import { violatedForeignKey } from '../../platform/database/database.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import {
  type ChosenRoles,
  type ProviderGroups,
  assignRoles,
  chooseRoles,
  rolesFromGroups,
} from '../authorization/index.ts';
import { getOrganization, holdOrganization } from '../organizations/index.ts';
import { getUser } from '../users/index.ts';
import type {
  CreateMembership,
  ListMemberships,
  Membership,
  MembershipRecord,
  MembershipStatus,
  UpdateMembership,
} from './contract.ts';
import { onMembershipEnded } from './endings.ts';
import { MembershipCreated, MembershipDeleted, MembershipUpdated } from './events.ts';
import * as store from './store.ts';

const membershipNotFound = (id: string) => notFound('Organization membership', id);

export async function getMembership(reader: Reader, id: string): Promise<Membership> {
  const membership = await store.findMembership(reader, id);
  if (!membership) throw membershipNotFound(id);
  return membership;
}

export async function listMemberships(reader: Reader, query: ListMemberships): Promise<List<Membership>> {
  if (query.user_id === undefined && query.organization_id === undefined) {
    throw new ApiError('missing_user_id_or_organization_id', {
      status: 400,
      message: 'Say whose memberships to list: send user_id, organization_id or both.',
    });
  }
  const list = await store.listMemberships(reader, query);
  // Whoever has a membership exists: only an empty answer needs a second look.
  if (list.data.length === 0) await refuseUnknown(reader, query);
  return list;
}

async function refuseUnknown(reader: Reader, { user_id, organization_id }: ListMemberships): Promise<void> {
  if (organization_id !== undefined) await getOrganization(reader, organization_id);
  if (user_id !== undefined) await getUser(reader, user_id);
}

/** Makes a member; one who was deactivated is a member again, with the roles that are given now. */
export async function createMembership(
  tx: Tx,
  input: CreateMembership,
  status: 'active' | 'pending' = 'active',
): Promise<Membership> {
  if (!(await holdOrganization(tx, input.organization_id))) {
    throw notFound('Organization', input.organization_id);
  }
  await getUser(tx, input.user_id);
  const roles = await chooseRoles(tx, input.organization_id, slugsOf(input));
  const id = tx.newId('om');
  const isNew = await refusingLostUser(input.user_id, () =>
    store.insertMembership(tx, { ...input, id, status }),
  );
  if (!isNew) {
    const present = await store.lockMembershipOf(tx, input);
    // Null: deleted between the two statements, so that there is room now.
    return present === null ? createMembership(tx, input, status) : rejoin(tx, present, roles);
  }
  await assignRoles(tx, id, roles);
  const record = await findRecord(tx, id);
  emit(tx, MembershipCreated, record, { organizationId: record.organization_id });
  return getMembership(tx, id);
}

/** The user was there a moment ago; that the key fails means that another transaction deleted them since. */
async function refusingLostUser<Value>(userId: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw violatedForeignKey(error) ? notFound('User', userId) : error;
  }
}

async function rejoin(tx: Tx, id: string, roles: ChosenRoles): Promise<Membership> {
  const current = await lockRecord(tx, id);
  if (current.status === 'active') {
    throw new ApiError('organization_membership_already_exists', {
      status: 422,
      message: 'The user is a member of this organization already.',
    });
  }
  if (current.status === 'pending') throw pendingRefusal('reactivate');
  await assignRoles(tx, id, roles);
  return changeStatus(tx, current, 'active');
}

/** Gives other roles; without any, and with those that the membership has, nothing changes. */
export async function updateMembership(tx: Tx, id: string, input: UpdateMembership): Promise<Membership> {
  const current = await lockRecord(tx, id);
  const slugs = slugsOf(input);
  if (slugs === null) return getMembership(tx, id);
  return changeRoles(tx, current, await chooseRoles(tx, current.organization_id, slugs));
}

/**
 * Gives the roles that an identity provider's groups stand for, in place of all others: for each sign-in at a
 * connection, and each event of a directory.
 */
export async function assignRolesFromGroups(tx: Tx, id: string, groups: ProviderGroups): Promise<Membership> {
  const current = await lockRecord(tx, id);
  return changeRoles(tx, current, await rolesFromGroups(tx, current.organization_id, groups));
}

/** The same roles from somebody else are written down and tell nothing. */
async function changeRoles(tx: Tx, current: MembershipRecord, roles: ChosenRoles): Promise<Membership> {
  await assignRoles(tx, current.id, roles);
  const held = current.roles.map(({ slug }) => slug);
  const given = roles.roles.map(({ slug }) => slug);
  if (given.length === held.length && given.every((slug) => held.includes(slug))) {
    return getMembership(tx, current.id);
  }
  return changeStatus(tx, current, current.status);
}

/** Takes the person out of the organization and ends their sessions there; roles are kept for a return. */
export async function deactivateMembership(tx: Tx, id: string): Promise<Membership> {
  const current = await lockRecord(tx, id);
  if (current.status === 'pending') throw pendingRefusal('deactivate');
  if (current.status === 'inactive') return getMembership(tx, id);
  const updated = await changeStatus(tx, current, 'inactive');
  await onMembershipEnded(tx, ownerOf(current));
  return updated;
}

export async function reactivateMembership(tx: Tx, id: string): Promise<Membership> {
  const current = await lockRecord(tx, id);
  if (current.status === 'pending') throw pendingRefusal('reactivate');
  return current.status === 'active' ? getMembership(tx, id) : changeStatus(tx, current, 'active');
}

/** Turns an invitation that was accepted into a membership; one that is active already stays as it is. */
export async function acceptMembership(tx: Tx, id: string): Promise<Membership> {
  const current = await lockRecord(tx, id);
  return current.status === 'pending' ? changeStatus(tx, current, 'active') : getMembership(tx, id);
}

export async function deleteMembership(tx: Tx, id: string): Promise<void> {
  const current = await lockRecord(tx, id);
  const [deleted] = await store.deleteMembershipRows(tx, [id]);
  assert(deleted, `membership ${id} is locked`);
  emit(tx, MembershipDeleted, deleted, { organizationId: deleted.organization_id });
  await onMembershipEnded(tx, ownerOf(current));
}

/** The membership as its events tell of it, held until the transaction ends. */
async function lockRecord(tx: Tx, id: string): Promise<MembershipRecord> {
  const [record] = await store.lockRecords(tx, [id]);
  if (!record) throw membershipNotFound(id);
  return record;
}

async function findRecord(tx: Tx, id: string): Promise<MembershipRecord> {
  const [record] = await store.listRecords(tx, [id]);
  assert(record, `membership ${id} is there`);
  return record;
}

/** Writes the status, and tells of it together with the roles that were given before. */
async function changeStatus(tx: Tx, before: MembershipRecord, status: MembershipStatus): Promise<Membership> {
  await store.updateMembershipStatus(tx, before.id, status);
  const record = await findRecord(tx, before.id);
  const { updated_at: _, ...previousAttributes } = changedFrom(before, record);
  emit(tx, MembershipUpdated, record, { organizationId: record.organization_id, previousAttributes });
  return getMembership(tx, before.id);
}

const ownerOf = ({ user_id, organization_id }: MembershipRecord) => ({
  userId: user_id,
  organizationId: organization_id,
});

function slugsOf({ role_slug, role_slugs }: UpdateMembership): readonly string[] | null {
  return role_slugs ?? (role_slug === undefined ? null : [role_slug]);
}

const pendingRefusals = {
  deactivate: {
    code: 'cannot_deactivate_pending_organization_membership',
    message: 'The membership waits for its invitation and cannot be deactivated. Delete it instead.',
  },
  reactivate: {
    code: 'cannot_reactivate_pending_organization_membership',
    message: 'The membership waits for its invitation: it becomes active when the user accepts that.',
  },
};

function pendingRefusal(verb: keyof typeof pendingRefusals): ApiError {
  const { code, message } = pendingRefusals[verb];
  return new ApiError(code, { status: 400, message });
}
