import { ApiError, notFound } from '../../../platform/errors.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { CreateEnvironmentHost, EnvironmentHost } from './contract.ts';
import { deleteHostRow, insertHost, listHostRows } from './store.ts';

/** Makes requests for a host belong to the environment, where nothing else in them says so. */
export async function createHost(tx: Tx, input: CreateEnvironmentHost): Promise<EnvironmentHost> {
  const created = await insertHost(tx, input);
  if (created) return created;
  throw new ApiError('host_already_used', {
    status: 409,
    message: 'This host belongs to an environment of this installation already.',
  });
}

export async function listHosts(reader: Reader) {
  return { object: 'list' as const, data: await listHostRows(reader) };
}

export async function deleteHost(tx: Tx, host: string): Promise<void> {
  if ((await deleteHostRow(tx, host)) === 0) throw notFound('Host', host);
}
