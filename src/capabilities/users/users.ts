import { changedFrom } from '../../lib/object.ts';
import type { List } from '../../platform/contract.ts';
import { violatedConstraint } from '../../platform/database/database.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import { beforeDeleted } from '../../platform/lifecycle.ts';
import { applyMetadata } from '../../platform/metadata.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { CreateUser, ListUsers, UpdateUser, User } from './contract.ts';
import { dropUnprovenPassword, replacePassword, setFirstPassword } from './credentials/passwords.ts';
import { proveCredentials } from './credentials/store.ts';
import { emailKey } from './email.ts';
import { UserCreated, UserDeleted, UserUpdated } from './events.ts';
import { unlinkOtherEmails } from './identities/store.ts';
import * as store from './store.ts';

const userNotFound = (id: string) => notFound('User', id);

export async function getUser(reader: Reader, id: string): Promise<User> {
  const user = await store.findUser(reader, id);
  if (!user) throw userNotFound(id);
  return user;
}

/** As `getUser`, holding the row until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<User> {
  const user = await store.findUserForUpdate(tx, id);
  if (!user) throw userNotFound(id);
  return user;
}

export async function getUserByExternalId(reader: Reader, externalId: string): Promise<User> {
  const user = await store.findUserByExternalId(reader, externalId);
  if (!user) throw userNotFound(externalId);
  return user;
}

export function listUsers(reader: Reader, query: ListUsers): Promise<List<User>> {
  return store.listUsers(reader, query);
}

/** What a new user is made of; the password comes hashed, by `prepareNewPassword`. */
export type NewUser = Pick<
  CreateUser,
  'email' | 'email_verified' | 'first_name' | 'last_name' | 'name' | 'external_id' | 'metadata'
>;

/**
 * @param passwordHash what `prepareNewPassword` answered; null for a user without a password
 * @param options `isProven`: false for somebody who signs up by themselves and has still to prove the address
 */
export async function createUser(
  tx: Tx,
  input: NewUser,
  passwordHash: string | null,
  options?: { isProven: boolean },
): Promise<User> {
  const row = {
    id: tx.newId('user'),
    email: input.email,
    email_verified: input.email_verified ?? false,
    first_name: input.first_name ?? null,
    last_name: input.last_name ?? null,
    name: input.name ?? null,
    external_id: input.external_id ?? null,
    metadata: applyMetadata({}, input.metadata),
  };
  const user = await namingConflicts(creationRefused, () => store.insertUser(tx, row));
  if (passwordHash !== null) await setFirstPassword(tx, user.id, passwordHash, options);
  emit(tx, UserCreated, user, { organizationId: null });
  return user;
}

/**
 * Changes what is given and leaves the rest. Another address is unverified until it is proven or vouched for, and
 * loses the provider identities of the one before.
 * @param passwordHash null leaves the password as it is
 */
export async function updateUser(
  tx: Tx,
  id: string,
  input: UpdateUser,
  passwordHash: string | null,
): Promise<User> {
  const current = await lockUser(tx, id);
  const wanted = merge(current, input);
  if (passwordHash !== null) await replacePassword(tx, id, passwordHash);
  const isSame = Object.keys(changedFrom(wanted, { ...current, ...merge(current, {}) })).length === 0;
  const isRenamed = input.name !== undefined && input.name !== current.name;
  if (isSame && !isRenamed && passwordHash === null) return current;
  const updated = await namingConflicts(updateRefused, () =>
    store.updateUserRow(tx, { ...wanted, name: isRenamed ? input.name : undefined }),
  );
  if (emailKey(updated.email) !== emailKey(current.email)) await unlinkOtherEmails(tx, id, updated.email);
  if (updated.email_verified && !current.email_verified) await dropUnprovenPassword(tx, id);
  emitUpdated(tx, current, updated);
  return updated;
}

/** Says that a user changed, and from what. */
function emitUpdated(tx: Tx, before: User, after: User): void {
  const { updated_at: _, ...previousAttributes } = changedFrom(before, after);
  emit(tx, UserUpdated, after, { organizationId: null, previousAttributes });
}

/** Marks `email` as verified when it is still the user's; answers the user as they are then. */
export async function markEmailVerified(tx: Tx, id: string, email: string): Promise<User> {
  const current = await lockUser(tx, id);
  if (current.email_verified) return current;
  const updated = await store.verifyEmailRow(tx, id, email);
  if (!updated) return current;
  await proveCredentials(tx, id);
  emitUpdated(tx, current, updated);
  return updated;
}

/** Notes the end of an authentication. No event: `authentication.*` and `session.created` tell of it. */
export async function noteSignIn(tx: Tx, id: string): Promise<User> {
  const user = await store.noteSignInRow(tx, id);
  if (!user) throw userNotFound(id);
  return user;
}

/** Deletes the user and, with their events, memberships and sessions. */
export async function deleteUser(tx: Tx, id: string): Promise<void> {
  const user = await lockUser(tx, id);
  await beforeDeleted(tx, 'user', id);
  await store.deleteUserRow(tx, id);
  emit(tx, UserDeleted, user, { organizationId: null });
}

function merge(current: User, input: UpdateUser): Omit<store.UserChanges, 'name'> {
  const email = input.email ?? current.email;
  const isSameAddress = emailKey(email) === emailKey(current.email);
  return {
    id: current.id,
    email,
    email_verified: input.email_verified ?? (isSameAddress && current.email_verified),
    first_name: input.first_name === undefined ? current.first_name : input.first_name,
    last_name: input.last_name === undefined ? current.last_name : input.last_name,
    external_id: input.external_id === undefined ? current.external_id : input.external_id,
    metadata: applyMetadata(current.metadata, input.metadata),
    locale: input.locale === undefined ? current.locale : input.locale,
  };
}

interface Conflict {
  code: string;
  message: string;
}

const conflicts = new Map<string, Conflict>([
  [
    'user_account_email_key',
    { code: 'email_not_available', message: 'Another user has this email address.' },
  ],
  [
    'user_account_external_id_key',
    { code: 'external_id_already_used', message: 'Another user of this environment has this external id.' },
  ],
]);

const creationRefused = (conflict: Conflict): ApiError =>
  new ApiError('user_creation_error', {
    status: 400,
    message: 'The user could not be created.',
    errors: [conflict],
  });

const updateRefused = ({ code, message }: Conflict): ApiError => new ApiError(code, { status: 400, message });

/** Answers a unique violation with the documented refusal. */
async function namingConflicts<Value>(
  refuse: (conflict: Conflict) => ApiError,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const conflict = conflicts.get(violatedConstraint(error) ?? '');
    throw conflict ? refuse(conflict) : error;
  }
}
