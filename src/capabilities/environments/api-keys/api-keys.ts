import { ApiError, notFound } from '../../../platform/errors.ts';
import { hashToken } from '../../../platform/encryption.ts';
import { makeApiKey } from '../../../platform/secrets.ts';
import type { EnvironmentKind } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { CreateEnvironmentApiKey, EnvironmentApiKeyWithValue } from './contract.ts';
import { deleteKey, findKeyByHash, insertInstallKey, insertKey } from './store.ts';

/** Makes a key for the environment of the request. */
export function createApiKey(tx: Tx, input: CreateEnvironmentApiKey): Promise<EnvironmentApiKeyWithValue> {
  return insertNewKey(tx, tx.environment, input);
}

/** Makes a key for an environment that may be new in this transaction. */
export async function insertNewKey(
  tx: Tx,
  environment: { id: string; kind: EnvironmentKind },
  input: CreateEnvironmentApiKey,
): Promise<EnvironmentApiKeyWithValue> {
  const value = makeApiKey(environment.kind === 'production' ? 'live' : 'test');
  const key = await insertKey(tx, {
    environment_id: environment.id,
    id: tx.newId('environment_api_key'),
    name: input.name,
    hash: hashToken(value),
    obfuscated_value: obfuscate(value),
    expires_at: input.expires_at ?? null,
  });
  if (!key) throw new Error('a random key was drawn twice');
  return { ...key, value };
}

/**
 * Makes sure that a key of a fixed value exists: what seed files and development mode ask for.
 * @throws ApiError 409 when it opens another environment
 */
export async function provideApiKey(
  tx: Tx,
  environmentId: string,
  input: { name: string; value: string },
): Promise<void> {
  const hash = hashToken(input.value);
  const inserted = await insertKey(tx, {
    environment_id: environmentId,
    id: tx.newId('environment_api_key'),
    name: input.name,
    hash,
    obfuscated_value: obfuscate(input.value),
    expires_at: null,
  });
  if (inserted) return;
  const holder = await findKeyByHash(tx, hash, tx.now);
  if (holder && holder.environment_id !== environmentId) {
    throw new ApiError('api_key_already_used', {
      status: 409,
      message: 'This key belongs to another environment.',
    });
  }
}

/** Revokes a key: the next request that carries it is refused. */
export async function deleteApiKey(tx: Tx, id: string): Promise<void> {
  if (id === tx.principal.id) {
    throw new ApiError('api_key_in_use', {
      status: 409,
      message: 'A key cannot revoke itself. Make another key and call with that.',
    });
  }
  if ((await deleteKey(tx, id)) === 0) throw notFound('API key', id);
}

/** Makes a key of the installation, which manages environments. @returns its value, shown once */
export async function createInstallKey(tx: Tx, name: string): Promise<string> {
  const value = makeApiKey('admin');
  await insertInstallKey(tx, {
    id: tx.newId('install_key'),
    name,
    hash: hashToken(value),
    obfuscated_value: obfuscate(value),
  });
  return value;
}

const obfuscate = (value: string): string =>
  `${value.slice(0, value.lastIndexOf('_') + 1)}...${value.slice(-4)}`;
