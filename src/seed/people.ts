import { provideMembership } from '../capabilities/memberships/index.ts';
import {
  checkPasswordOf,
  createUser,
  findUser,
  findUserByEmail,
  updateUser,
} from '../capabilities/users/index.ts';
import { ApiError } from '../platform/errors.ts';
import type { PasswordHasher } from '../platform/password-hashing.ts';
import type { Tx } from '../platform/transaction.ts';
import type { SeedPath } from './read.ts';
import type { SeedMembership, SeedUser } from './schema.ts';

/** People are named by their address: one who exists keeps what the seed does not mention. */
export async function provideUser(tx: Tx, hasher: PasswordHasher, seed: SeedUser): Promise<void> {
  const { password, impersonator: _, ...fields } = seed;
  // `{}` would delete what is there.
  if (Object.keys(fields.metadata ?? {}).length === 0) delete fields.metadata;
  const existing = await findUserByEmail(tx, fields.email);
  if (!existing) {
    await createUser(tx, fields, password === undefined ? null : await hasher.hash(password));
    return;
  }
  const { email, ...changes } = fields;
  await updateUser(tx, existing.id, changes, await changedPassword(tx, hasher, { email, password }));
}

/** The hash of a password that is another than the present one; a seed, like an import, is not asked for its strength. */
async function changedPassword(
  tx: Tx,
  hasher: PasswordHasher,
  { email, password }: Pick<SeedUser, 'email' | 'password'>,
): Promise<string | null> {
  if (password === undefined) return null;
  const { proof } = await checkPasswordOf(tx, hasher, email, password);
  return proof ? null : hasher.hash(password);
}

/** Members are named by address or id. */
export async function provideMember(tx: Tx, organizationId: string, seed: SeedMembership): Promise<void> {
  const name = seed.user ?? seed.user_id ?? '';
  const user = (await findUserByEmail(tx, name)) ?? (await findUser(tx, name));
  if (!user) {
    throw new ApiError('entity_not_found', {
      status: 404,
      message: `There is no user with the address or id '${name}'.`,
    });
  }
  const role_slugs = seed.roles ?? (seed.role === undefined ? undefined : [seed.role]);
  const input = { user_id: user.id, organization_id: organizationId, role_slugs };
  await provideMembership(tx, input, seed.status ?? null);
}

/** Which part of a membership a refusal is about, from where the membership stands. */
export function refusedPartOf(seed: SeedMembership, { code, fields }: ApiError): SeedPath {
  if (code === 'entity_not_found') return [seed.user === undefined ? 'user_id' : 'user'];
  if (code === 'multiple_roles_not_enabled') return ['roles'];
  if (code !== 'invalid_role') return [];
  return seed.roles === undefined ? ['role'] : ['roles', seed.roles.indexOf(String(fields['role_slug']))];
}
