import { z } from 'zod';
import { notFound } from '../../platform/errors.ts';
import { defineJob, enqueue } from '../../platform/jobs/jobs.ts';
import { afterCreated } from '../../platform/lifecycle.ts';
import type { Db } from '../../platform/database/database.ts';
import type { Tx } from '../../platform/transaction.ts';
import { insertNewKey } from './api-keys/api-keys.ts';
import type { CreateEnvironment, CreatedEnvironment, Environment, UpdateEnvironment } from './contract.ts';
import {
  eraseEnvironmentRows,
  findEnvironment,
  findEnvironmentByClientId,
  insertEnvironment,
  markEnvironmentDeleted,
  renameEnvironment,
} from './store.ts';

const environmentNotFound = (id: string) => notFound('Environment', id);

/** Makes an environment and its first key; the key's value is answered here and never again. */
export async function createEnvironment(tx: Tx, input: CreateEnvironment): Promise<CreatedEnvironment> {
  const environment = await insertEnvironment(tx, {
    id: tx.newId('environment'),
    name: input.name,
    kind: input.kind,
    client_id: tx.newId('client'),
  });
  await afterCreated(tx, 'environment', environment.id);
  const apiKey = await insertNewKey(tx, environment, { name: 'First key' });
  return { ...environment, api_key: apiKey };
}

/** Finds the environment of a fixed client id, or makes it: what seed files and development mode ask for. */
export async function provideEnvironment(
  tx: Tx,
  input: CreateEnvironment & { client_id: string },
): Promise<Environment> {
  const existing = await findEnvironmentByClientId(tx, input.client_id);
  if (existing) return existing;
  const made = await insertEnvironment(tx, { ...input, id: tx.newId('environment') });
  await afterCreated(tx, 'environment', made.id);
  return made;
}

export async function getEnvironment(db: Db, id: string): Promise<Environment> {
  const environment = await findEnvironment(db, id);
  if (!environment) throw environmentNotFound(id);
  return environment;
}

export async function updateEnvironment(tx: Tx, id: string, input: UpdateEnvironment): Promise<Environment> {
  const environment = await renameEnvironment(tx, id, input.name);
  if (!environment) throw environmentNotFound(id);
  return environment;
}

/** Takes the environment out of every read at once; a job erases its rows. */
export async function deleteEnvironment(tx: Tx, id: string): Promise<void> {
  if ((await markEnvironmentDeleted(tx, id)) === 0) throw environmentNotFound(id);
  enqueue(tx, eraseEnvironmentJob, { environment_id: id }, { isOfEnvironment: false });
}

export const eraseEnvironmentJob = defineJob({
  kind: 'environments.erase',
  payload: z.object({ environment_id: z.string() }),
  maxAttempts: 20,
  run: (tx, payload) => eraseEnvironmentRows(tx, payload.environment_id),
});
