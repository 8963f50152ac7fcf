import { expect, test } from 'vitest';
import { readVectors } from '../../src/protocols/password/hash-formats/vectors/read-vectors.ts';
import { codeIn, readMails } from '../mailbox.ts';
import { makeMembership } from '../people.ts';
import { expectCoverage } from './expect-coverage.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const password = 'mauve otter quartz lantern';
let count = 0;

const fresh = () => {
  count += 1;
  return { email: `sdk${count}@example.com` };
};

const authenticate = (email: string, secret: string) =>
  server.sdk.userManagement.authenticateWithPassword({ clientId: server.clientId, email, password: secret });

test('a user is created and read in the shape of the SDK', async () => {
  const { userManagement } = server.sdk;
  const created = await userManagement.createUser({
    email: 'marcelina@example.com',
    firstName: 'Marcelina',
    lastName: 'Davis',
    emailVerified: true,
    externalId: 'crm-17',
    metadata: { plan: 'gold' },
    password,
  });
  expect(created).toEqual({
    object: 'user',
    id: expect.stringMatching(/^user_[0-9A-Z]{26}$/),
    email: 'marcelina@example.com',
    emailVerified: true,
    firstName: 'Marcelina',
    lastName: 'Davis',
    profilePictureUrl: null,
    lastSignInAt: null,
    locale: null,
    externalId: 'crm-17',
    metadata: { plan: 'gold' },
    createdAt: expect.stringMatching(timestamp),
    updatedAt: created.createdAt,
  });
  expect(await userManagement.getUser(created.id)).toEqual(created);
  expect(await userManagement.getUserByExternalId('crm-17')).toEqual(created);
  expect((await authenticate('marcelina@example.com', password)).user.id).toBe(created.id);
});

test('a user is updated, field by field', async () => {
  const { userManagement } = server.sdk;
  const { id: userId } = await userManagement.createUser({ ...fresh(), externalId: 'stays', firstName: 'A' });
  const updated = await userManagement.updateUser({
    userId,
    lastName: 'B',
    metadata: { a: '1' },
    locale: 'de',
  });
  expect(updated).toMatchObject({
    firstName: 'A',
    lastName: 'B',
    externalId: 'stays',
    locale: 'de',
    metadata: { a: '1' },
  });
  const changed = await userManagement.updateUser({ userId, ...fresh() });
  expect(changed).toMatchObject({ externalId: 'stays', emailVerified: false });
});

test('lists page, and filter by address and organization', async () => {
  const environment = await server.addEnvironment('sandbox');
  const { userManagement } = server.sdkOf(environment);
  const users = [];
  for (let index = 0; index < 12; index += 1) users.push(await userManagement.createUser(fresh()));
  const ids = users.map(({ id }) => id);
  const first = await userManagement.listUsers();
  expect(first.data).toHaveLength(10);
  expect((await first.autoPagination()).map(({ id }) => id)).toEqual(ids.toReversed());
  const [one] = users;
  const found = await userManagement.listUsers({ email: one?.email.toUpperCase() ?? '' });
  expect(found.data).toEqual([one]);
  const { organization_id: organizationId } = await makeMembership(environment.api, {
    user_id: ids[3] ?? '',
  });
  const members = await userManagement.listUsers({ organizationId });
  expect(members.data.map(({ id }) => id)).toEqual([ids[3]]);
});

test('a deleted user is gone, and identities are a list', async () => {
  const { userManagement } = server.sdk;
  const { id } = await userManagement.createUser(fresh());
  expect(await userManagement.getUserIdentities(id)).toEqual([]);
  expect(await userManagement.deleteUser(id)).toBeUndefined();
  await expect(userManagement.getUser(id)).rejects.toMatchObject({ name: 'NotFoundException', status: 404 });
});

test('a hash of another product is imported, and its password signs in', async () => {
  const vector = readVectors().find(({ type }) => type === 'bcrypt');
  if (!vector) throw new Error('no vector');
  const { email } = fresh();
  await server.sdk.userManagement.createUser({
    email,
    emailVerified: true,
    passwordHash: vector.hash,
    passwordHashType: 'bcrypt',
  });
  expect((await authenticate(email, vector.password)).user.email).toBe(email);
});

test('an address is verified with the code that was sent', async () => {
  const { userManagement } = server.sdk;
  const { id: userId, email } = await userManagement.createUser(fresh());
  expect((await userManagement.sendVerificationEmail({ userId })).user.id).toBe(userId);
  const { body: events } = await server.api.get('/events?events=email_verification.created&order=desc');
  const verification = await userManagement.getEmailVerification(events.data[0].data.id);
  const [mail] = await readMails(server, email);
  expect(verification).toEqual({
    object: 'email_verification',
    id: expect.stringMatching(/^email_verification_[0-9A-Z]{26}$/),
    userId,
    email,
    code: mail && codeIn(mail),
    expiresAt: expect.stringMatching(timestamp),
    createdAt: expect.stringMatching(timestamp),
    updatedAt: verification.createdAt,
  });
  const { user } = await userManagement.verifyEmail({ userId, code: verification.code });
  expect(user.emailVerified).toBe(true);
  await expect(userManagement.verifyEmail({ userId, code: verification.code })).rejects.toMatchObject({
    status: 400,
  });
});

test('a password is reset with the token', async () => {
  const { userManagement } = server.sdk;
  const { id: userId, email } = await userManagement.createUser({ ...fresh(), password });
  const made = await userManagement.createPasswordReset({ email });
  expect(made).toEqual({
    object: 'password_reset',
    id: expect.stringMatching(/^password_reset_[0-9A-Z]{26}$/),
    userId,
    email,
    passwordResetToken: expect.any(String),
    passwordResetUrl: `${server.url}/reset-password?token=${made.passwordResetToken}`,
    expiresAt: expect.stringMatching(timestamp),
    createdAt: expect.stringMatching(timestamp),
  });
  expect(await userManagement.getPasswordReset(made.id)).toEqual(made);
  const newPassword = `${password} 2`;
  const input = { token: made.passwordResetToken, newPassword };
  expect((await userManagement.resetPassword(input)).user).toMatchObject({ id: userId, emailVerified: true });
  await expect(userManagement.resetPassword(input)).rejects.toMatchObject({ status: 404 });
  expect((await authenticate(email, newPassword)).user.id).toBe(userId);
});

test('refusals arrive as the errors of the SDK', async () => {
  const { userManagement } = server.sdk;
  const { email } = await userManagement.createUser(fresh());
  await expect(userManagement.createUser({ email })).rejects.toMatchObject({
    name: 'BadRequestException',
    code: 'user_creation_error',
    errors: [expect.objectContaining({ code: 'email_not_available' })],
  });
  await expect(userManagement.createUser({ ...fresh(), password: 'short' })).rejects.toMatchObject({
    code: 'password_strength_error',
    errors: expect.arrayContaining([expect.objectContaining({ code: 'password_too_short' })]),
  });
  await expect(userManagement.createUser({ email: 'nobody' })).rejects.toMatchObject({
    name: 'UnprocessableEntityException',
    status: 422,
  });
  await expect(userManagement.createPasswordReset({ email: 'nobody@example.com' })).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});

expectCoverage(import.meta.url, server);
