import { ApiError } from '../../../platform/errors.ts';
import type { PasswordHasher } from '../../../platform/password-hashing.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import {
  type PasswordContext,
  type PasswordError,
  checkPassword,
  importHash,
  passwordReused,
} from '../../../protocols/password/index.ts';
import { defineSettings, readSettings } from '../../environments/index.ts';
import { type PasswordInput, PasswordPolicySettings } from './contract.ts';
import { findUserForUpdate } from '../store.ts';
import {
  findHashForUpdate,
  deleteUnprovenCredentials,
  findPasswordByEmail,
  keepFormerPassword,
  listPasswordHashes,
  rehashPassword,
  upsertPassword,
} from './store.ts';

export const passwordPolicySettings = defineSettings('password_policy', PasswordPolicySettings);

/** Whom a new password is for. */
export interface PasswordOwner extends PasswordContext {
  /** Null for a user who is being made. */
  userId: string | null;
}

/**
 * Reads what a request says of a password, outside any transaction: checking and hashing are slow.
 * @returns the hash to store, or null when the request says nothing of a password
 * @throws ApiError 400 as documented for creating and updating users
 */
export async function prepareNewPassword(
  reader: Reader,
  hasher: PasswordHasher,
  input: PasswordInput,
  owner: PasswordOwner,
): Promise<string | null> {
  refuseContradictions(input);
  if (input.password_hash !== undefined) return readImport(input);
  if (typeof input.password !== 'string') return null;
  const errors = await checkNewPassword(reader, hasher, input.password, owner);
  if (errors.length > 0) {
    throw new ApiError('password_strength_error', {
      status: 400,
      message: 'The password does not meet the requirements of this environment.',
      errors,
    });
  }
  return hasher.hash(input.password);
}

/** Every rule of the environment that the password breaks; none when it can be taken. */
export async function checkNewPassword(
  reader: Reader,
  hasher: PasswordHasher,
  password: string,
  owner: PasswordOwner,
): Promise<readonly PasswordError[]> {
  const policy = await readSettings(reader, passwordPolicySettings);
  const errors = await checkPassword(password, policy, owner);
  if (errors.length > 0 || policy.history_length === 0 || owner.userId === null) return errors;
  const former = await listPasswordHashes(reader, owner.userId, policy.history_length);
  for (const hash of former) {
    if ((await hasher.verify(hash, password)).isMatch) return [passwordReused()];
  }
  return [];
}

const contradictions: readonly (readonly [
  code: string,
  message: string,
  (input: PasswordInput) => boolean,
])[] = [
  [
    'password_and_password_hash_provided',
    'Send either password or password_hash, not both.',
    ({ password, password_hash }) => typeof password === 'string' && password_hash !== undefined,
  ],
  [
    'password_and_password_hash_type_provided',
    'password_hash_type belongs to password_hash; it cannot be sent with password.',
    ({ password, password_hash_type }) => typeof password === 'string' && password_hash_type !== undefined,
  ],
  [
    'password_salt_position_requires_password_hash',
    'password_salt_position belongs to password_hash; send that too.',
    ({ password_hash, password_salt_position }) =>
      password_hash === undefined && password_salt_position !== undefined,
  ],
  [
    'invalid_password_hash',
    'password_hash needs a password_hash_type.',
    ({ password_hash, password_hash_type }) =>
      password_hash !== undefined && password_hash_type === undefined,
  ],
  [
    'invalid_password_hash',
    'password_hash_type needs a password_hash.',
    ({ password_hash, password_hash_type }) =>
      password_hash === undefined && password_hash_type !== undefined,
  ],
];

function refuseContradictions(input: PasswordInput): void {
  for (const [code, message, isAtFault] of contradictions) {
    if (isAtFault(input)) throw new ApiError(code, { status: 400, message });
  }
}

function readImport(input: PasswordInput): string {
  const { password_hash: hash, password_hash_type: type, password_salt_position: saltPosition } = input;
  if (hash === undefined || type === undefined) throw new Error('contradictions are refused before');
  const imported = importHash({ type, hash, saltPosition });
  if (imported.ok) return imported.value;
  throw new ApiError('invalid_password_hash', { status: 400, message: imported.error.message });
}

type PasswordStep = (tx: Tx, userId: string) => Promise<void>;

const changeSteps: PasswordStep[] = [];

/** Declares what else ends when a person's password changes, such as what the former one has begun. */
export function whenPasswordChanges(step: PasswordStep): void {
  changeSteps.push(step);
}

/**
 * Stores the prepared hash of a new user.
 * @param isProven false for somebody who has not shown yet that the address is theirs
 */
export function setFirstPassword(
  tx: Tx,
  userId: string,
  hash: string,
  { isProven } = { isProven: true },
): Promise<void> {
  return upsertPassword(tx, userId, { hash, isProven });
}

/** Stores a prepared hash; the one before joins the former passwords where the environment keeps them. */
export async function replacePassword(tx: Tx, userId: string, hash: string): Promise<void> {
  const { history_length: count } = await readSettings(tx, passwordPolicySettings);
  await keepFormerPassword(tx, userId, count);
  await upsertPassword(tx, userId, { hash, isProven: true });
  for (const step of changeSteps) await step(tx, userId);
}

/**
 * Takes a password away that came with a sign-up and was never proven, when somebody else vouches for the address: it
 * may be a stranger's, who waited for just that.
 */
export async function dropUnprovenPassword(tx: Tx, userId: string): Promise<void> {
  if (!(await deleteUnprovenCredentials(tx, userId))) return;
  for (const step of changeSteps) await step(tx, userId);
}

/** That somebody knew a password, before the transaction in which it counts. */
export interface PasswordProof {
  userId: string;
  /** The password that was checked. It counts only while it is still the user's. */
  credentialId: string;
  /** As it was stored then. */
  hash: string;
  /** The same password in our own format, when it was stored in another. */
  rehashed: string | null;
}

/** Who has this address, and what their password says: a proof, or why there is none. */
export interface PasswordCheckResult {
  userId: string | null;
  proof: PasswordProof | null;
}

/** Checks a password, taking as long for people who do not exist or have none as for a wrong one. */
export async function checkPasswordOf(
  reader: Reader,
  hasher: PasswordHasher,
  email: string,
  password: string,
): Promise<PasswordCheckResult> {
  const holder = await findPasswordByEmail(reader, email);
  if (!holder?.credential_id || holder.hash === null) {
    await hasher.verifyAgainstNothing(password);
    return { userId: holder?.user_id ?? null, proof: null };
  }
  const { user_id: userId, credential_id: credentialId, hash } = holder;
  const { isMatch, needsRehash } = await hasher.verify(hash, password);
  if (!isMatch) return { userId, proof: null };
  const rehashed = needsRehash ? await hasher.hash(password) : null;
  return { userId, proof: { userId, credentialId, hash, rehashed } };
}

/**
 * True when a proof still holds; brings an imported hash into our own format. The hash may have changed meanwhile: of
 * two who sign in at once with an imported password, the first hashes it anew, and the second is as right.
 */
export async function confirmPassword(tx: Tx, proof: PasswordProof): Promise<boolean> {
  // Sent together, run one after the other: the user first, then the password, as whoever changes it does it.
  const [user, stored] = await Promise.all([
    findUserForUpdate(tx, proof.userId),
    findHashForUpdate(tx, proof.credentialId),
  ]);
  if (!user || stored === null) return false;
  if (proof.rehashed !== null && stored === proof.hash) {
    await rehashPassword(tx, proof.credentialId, proof.rehashed);
  }
  return true;
}
