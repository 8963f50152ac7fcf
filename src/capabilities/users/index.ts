/**
 * Users: the people who sign in, what they prove themselves with and who they are elsewhere.
 *
 * Owns: `user_account`, `identity`, `credential`, `former_password`.
 * Emits: `user.created`, `user.updated`, `user.deleted`.
 * Invariants: an address is unique within an environment, whatever its case; a changed address is unverified until it
 * is proven or vouched for; no password is ever stored or answered, only its hash is stored; an update that changes
 * nothing writes and emits nothing.
 */
export { type UserDeps, userOperations } from './routes.ts';
export { Email, PersonName, SignedInUser, User } from './contract.ts';
export { emailKey } from './email.ts';
export {
  type NewUser,
  createUser,
  deleteUser,
  getUser,
  lockUser,
  markEmailVerified,
  noteSignIn,
  updateUser,
} from './users.ts';
export { findUser, findUserByEmail, userColumns } from './store.ts';
export type { PasswordPolicySettings } from './credentials/contract.ts';
export {
  type PasswordCheckResult,
  type PasswordOwner,
  type PasswordProof,
  checkNewPassword,
  checkPasswordOf,
  confirmPassword,
  passwordPolicySettings,
  prepareNewPassword,
  whenPasswordChanges,
} from './credentials/passwords.ts';
