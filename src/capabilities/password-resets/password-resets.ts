import { writeEmail } from '../../pages/index.ts';
import { type Encryption, hashToken } from '../../platform/encryption.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import { sendMail } from '../../platform/mail/mail.ts';
import type { PasswordHasher } from '../../platform/password-hashing.ts';
import type { Reader } from '../../platform/scope.ts';
import { makeToken } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Urls } from '../../platform/urls.ts';
import { readBranding } from '../branding/index.ts';
import { authenticationSettings, emailSettings, readSettings, urlSettings } from '../environments/index.ts';
import { endSessions } from '../sessions/index.ts';
import {
  checkNewPassword,
  emailKey,
  findUserByEmail,
  getUser,
  lockUser,
  updateUser,
} from '../users/index.ts';
import type { ConfirmPasswordReset, PasswordReset, ResetUser } from './contract.ts';
import { PasswordResetCreated, PasswordResetSucceeded } from './events.ts';
import * as store from './store.ts';

export interface ResetDeps {
  encryption: Encryption;
  urls: Urls;
}

const lifetimeMs = 3_600_000;

const identityOf = (id: string): string => `password_reset:${id}`;

export async function getPasswordReset(reader: Reader, deps: ResetDeps, id: string): Promise<PasswordReset> {
  const row = await store.findPasswordReset(reader, id);
  if (!row) throw notFound('Password reset', id);
  return toPasswordReset(reader, deps, row);
}

async function toPasswordReset(
  reader: Reader,
  { encryption, urls }: ResetDeps,
  row: store.PasswordResetRow,
): Promise<PasswordReset> {
  const token = encryption.open(row.sealed_token, identityOf(row.id)).toString();
  const { password_reset_url: custom } = await readSettings(reader, urlSettings);
  const url = new URL(custom ?? `${urls.base(reader.environment, 'auth')}/reset-password`);
  url.searchParams.set('token', token);
  return { ...told(row), password_reset_token: token, password_reset_url: url.href };
}

const told = ({ id, user_id, email, expires_at, created_at }: store.PasswordResetRow) => ({
  object: 'password_reset' as const,
  id,
  user_id,
  email,
  expires_at,
  created_at,
});

/**
 * Makes a link that sets a new password, and sends it; earlier links of the user stop working.
 * @throws ApiError 404 for an address that nobody has: for callers with a key, never for pages
 */
export async function createPasswordReset(tx: Tx, deps: ResetDeps, email: string): Promise<PasswordReset> {
  await requirePasswords(tx);
  const found = await findUserByEmail(tx, email);
  if (!found) throw notFound('User', email);
  // Held: of two requests at once, one comes second, and its link replaces the other.
  const user = await lockUser(tx, found.id);
  const id = tx.newId('password_reset');
  const token = makeToken();
  await store.replaceEarlierResets(tx, user.id);
  const row = await store.insertPasswordReset(tx, {
    id,
    user_id: user.id,
    email: user.email,
    token_hash: hashToken(token),
    sealed_token: deps.encryption.seal(token, identityOf(id)),
    expires_at: new Date(tx.now.getTime() + lifetimeMs),
  });
  emit(tx, PasswordResetCreated, told(row), { organizationId: null });
  const reset = await toPasswordReset(tx, deps, row);
  const { is_password_reset_sent: isSent } = await readSettings(tx, emailSettings);
  if (isSent) await sendLink(tx, deps.encryption, reset);
  return reset;
}

async function sendLink(tx: Tx, encryption: Encryption, reset: PasswordReset): Promise<void> {
  const { name: sender } = await readBranding(tx);
  const email = await writeEmail({
    sender,
    subject: 'Reset your password',
    title: 'Reset your password',
    lead: 'Somebody, probably you, asked to set a new password for this address.',
    action: { label: 'Choose a new password', url: reset.password_reset_url },
    notes: [
      'The link works once, for one hour.',
      'If you did not ask for it, you can ignore this message: your password stays as it is.',
    ],
  });
  await sendMail(tx, encryption, { ...email, to: reset.email, kind: 'password_reset' });
}

/** @throws ApiError 403 while the environment has no passwords */
async function requirePasswords(reader: Reader): Promise<void> {
  const { is_password_enabled: isEnabled } = await readSettings(reader, authenticationSettings);
  if (isEnabled) return;
  throw new ApiError('email_password_auth_disabled', {
    status: 403,
    message: 'Signing in with email and password is switched off in this environment.',
  });
}

/** True for a token that would be taken now: pages say so before anybody chooses a password. */
export async function isUsableResetToken(reader: Reader, token: string): Promise<boolean> {
  return (await store.findUsableReset(reader, hashToken(token))) !== null;
}

const unusable = (): ApiError =>
  new ApiError('entity_not_found', {
    status: 404,
    message: 'This password reset link is not valid any more. Ask for a new one.',
  });

/**
 * Checks and hashes the new password, outside any transaction.
 * @throws ApiError 400 `password_reset_error` with what the policy says, 404 for a token that cannot be used
 */
export async function prepareReset(
  reader: Reader,
  hasher: PasswordHasher,
  { token, new_password }: ConfirmPasswordReset,
): Promise<string> {
  await requirePasswords(reader);
  const reset = await store.findUsableReset(reader, hashToken(token));
  if (!reset) throw unusable();
  const user = await getUser(reader, reset.user_id);
  const errors = await checkNewPassword(reader, hasher, new_password, {
    userId: user.id,
    email: user.email,
    firstName: user.first_name,
    lastName: user.last_name,
  });
  if (errors.length > 0) {
    throw new ApiError('password_reset_error', {
      status: 400,
      message: 'The password does not meet the requirements of this environment.',
      errors,
    });
  }
  return hasher.hash(new_password);
}

/** Sets the prepared password, verifies the address the link went to, and ends every session of the user. */
export async function confirmPasswordReset(tx: Tx, token: string, passwordHash: string): Promise<ResetUser> {
  const found = await store.findUsableReset(tx, hashToken(token));
  if (!found) throw unusable();
  // The user first, then the reset, as whoever makes a new link or deletes the user does it.
  const { email } = await lockUser(tx, found.user_id);
  const reset = await store.takeReset(tx, hashToken(token));
  if (!reset) throw unusable();
  // The link proves that somebody reads an address which is the user's no longer.
  if (emailKey(email) !== emailKey(reset.email)) throw unusable();
  const user = await updateUser(tx, reset.user_id, { email_verified: true }, passwordHash);
  await endSessions(tx, { userId: reset.user_id });
  emit(tx, PasswordResetSucceeded, told(reset), { organizationId: null });
  return { user };
}
