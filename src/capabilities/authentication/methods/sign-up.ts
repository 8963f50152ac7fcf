import { writeEmail } from '../../../pages/index.ts';
import type { Encryption } from '../../../platform/encryption.ts';
import { ApiError } from '../../../platform/errors.ts';
import { sendMail } from '../../../platform/mail/mail.ts';
import type { Quota, Quotas } from '../../../platform/quota.ts';
import type { Reader } from '../../../platform/scope.ts';
import { type Tx, pretend } from '../../../platform/transaction.ts';
import type { Urls } from '../../../platform/urls.ts';
import { readBranding } from '../../branding/index.ts';
import { authenticationSettings, emailSettings, readSettings } from '../../environments/index.ts';
import { checkNewPassword, createUser, emailKey, type User, findUserByEmail } from '../../users/index.ts';
import { startEmailVerification } from '../../email-verifications/index.ts';
import type { Caller, SignUpNames } from '../contract.ts';
import { emitSucceeded } from '../events.ts';
import { lockAddress } from '../store.ts';
import { type PasswordMethodDeps, passwordsDisabled, signInTries } from './password.ts';

/** Who signs up, as far as they have said. */
interface SignUpPerson {
  email: string;
  names: SignUpNames | null;
  passwordHash: string;
  caller: Caller;
}

export interface SignUpDeps {
  encryption: Encryption;
  urls: Urls;
  quotas: Quotas;
}

export interface PreparedSignUp {
  /** What is wrong with the password; the hash is empty then. */
  errors: readonly { message: string }[];
  hash: string;
}

/**
 * Checks and hashes the password of a new person, outside any transaction. Says nothing of whether they are new.
 * @throws ApiError 403 while the environment has no passwords or takes nobody, 429 after ten tries in a minute
 */
export async function prepareSignUp(
  reader: Reader,
  { passwordHasher, quotas }: PasswordMethodDeps,
  { email, names, password }: { email: string; names: SignUpNames | null; password: string },
): Promise<PreparedSignUp> {
  const settings = await readSettings(reader, authenticationSettings);
  if (!settings.is_password_enabled) throw passwordsDisabled();
  if (!settings.is_sign_up_enabled) {
    throw new ApiError('sign_up_not_allowed', { status: 403, message: 'Sign-up is closed.' });
  }
  await quotas.consume(reader, signInTries, emailKey(email));
  const errors = await checkNewPassword(reader, passwordHasher, password, {
    userId: null,
    email,
    firstName: names?.first_name,
    lastName: names?.last_name,
  });
  return { errors, hash: errors.length > 0 ? '' : await passwordHasher.hash(password) };
}

/**
 * Makes an account, or tells the owner of the address that there is one already: whoever sits at the browser sees the
 * same page either way.
 * @returns the new user's id, or null
 */
export async function signUp(tx: Tx, deps: SignUpDeps, person: SignUpPerson): Promise<string | null> {
  await lockAddress(tx, emailKey(person.email));
  const owner = await findUserByEmail(tx, person.email);
  if (owner) {
    // As long as making an account takes: time tells nobody that there is one.
    await pretend(tx, () => makeAccount(tx, deps, { ...person, email: `${tx.newId('user')}@taken.invalid` }));
    await tellOwner(tx, deps, owner);
    return null;
  }
  return makeAccount(tx, deps, person);
}

async function makeAccount(tx: Tx, deps: SignUpDeps, person: SignUpPerson): Promise<string> {
  const user = await createUser(tx, { email: person.email, ...person.names }, person.passwordHash, {
    isProven: false,
  });
  // Told in this order (spec/authkit 34.1); the pipeline finds the code sent.
  await startEmailVerification(tx, deps.encryption, user);
  emitSucceeded(tx, 'password', { caller: person.caller, userId: user.id, email: user.email });
  return user.id;
}

async function tellOwner(tx: Tx, { encryption, urls, quotas }: SignUpDeps, owner: User): Promise<void> {
  const { is_email_verification_sent: isSent } = await readSettings(tx, emailSettings);
  if (!isSent || !(await mayTell(tx, quotas, owner.id))) return;
  const { name: sender } = await readBranding(tx);
  const email = await writeEmail({
    sender,
    subject: 'You already have an account',
    title: 'You already have an account',
    lead: 'Somebody, probably you, tried to create an account with this address. There is one already.',
    action: {
      label: 'Reset your password',
      url: `${urls.base(tx.environment, 'auth')}/reset-password`,
    },
    notes: [
      'To get in, sign in with this address, or choose a new password if you have forgotten yours.',
      'If it was not you, you can ignore this message: nothing was changed.',
    ],
  });
  await sendMail(tx, encryption, { ...email, to: owner.email, kind: 'sign_up' });
}

const telling: Quota = { name: 'sign_up.tell_owner', limit: 3, windowSeconds: 3_600 };

/** Nobody's mailbox is filled by strangers. Whoever sits at the browser sees no difference. */
async function mayTell(tx: Tx, quotas: Quotas, userId: string): Promise<boolean> {
  try {
    await quotas.consume(tx, telling, userId);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 429) return false;
    throw error;
  }
}
