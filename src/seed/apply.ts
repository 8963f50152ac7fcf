import {
  createEnvironmentDirectory,
  provideApiKey,
  provideCorsOrigin,
  provideEnvironment,
  provideRedirectUri,
} from '../capabilities/environments/index.ts';
import {
  createOrganization,
  findOrganizationByName,
  getOrganization,
  updateOrganization,
} from '../capabilities/organizations/index.ts';
import { type Environment, system } from '../platform/scope.ts';
import { type Tx, createScope, inTransaction } from '../platform/transaction.ts';
import type { Runtime } from '../server/runtime.ts';
import { defaultClientId } from './defaults.ts';
import type { SeedContents, SeedFile, SeedOrganization } from './schema.ts';

/** Applies a seed in one transaction per environment. Nothing is ever deleted; a second time changes nothing. */
export async function applySeedFile(runtime: Runtime, seed: SeedFile): Promise<void> {
  await inEnvironment(runtime, defaultClientId, (tx) => applyContents(tx, seed));
  for (const environment of seed.environments) {
    await makeEnvironment(runtime, environment);
    const keys = environment.api_key ? [{ value: environment.api_key, name: 'Seed' }] : [];
    const contents = { ...environment, apiKeys: [...keys, ...environment.apiKeys] };
    await inEnvironment(runtime, environment.client_id, (tx) => applyContents(tx, contents));
  }
}

/** Makes sure that an environment with this client id exists. */
export async function makeEnvironment(
  runtime: Runtime,
  input: Parameters<typeof provideEnvironment>[1],
): Promise<void> {
  const now = runtime.clock.now();
  const scope = createScope({ environment: null, principal: system, requestId: 'seed', now });
  await inTransaction(runtime.database, scope, (tx) => provideEnvironment(tx, input));
}

/** Runs work in the environment of a client id. */
export async function inEnvironment(
  runtime: Runtime,
  clientId: string,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  const environment = await createEnvironmentDirectory(runtime.database).byClientId(clientId);
  if (!environment) throw new Error(`The seed needs an environment with the client id ${clientId}.`);
  const scope = createScope({ environment, principal: system, requestId: 'seed', now: runtime.clock.now() });
  await inTransaction(runtime.database, scope, work);
}

export async function applyContents(tx: Tx, contents: SeedContents): Promise<void> {
  const environment: Environment = tx.environment;
  for (const key of contents.apiKeys) await provideApiKey(tx, environment.id, key);
  for (const uri of contents.redirectUris) await provideRedirectUri(tx, environment, 'sign_in', uri);
  for (const uri of contents.signOutRedirects) await provideRedirectUri(tx, environment, 'sign_out', uri);
  for (const origin of contents.corsOrigins) await provideCorsOrigin(tx, environment, origin);
  for (const organization of contents.organizations) await provideOrganization(tx, organization);
}

/** Organizations are named by their name: one that exists keeps what the seed does not mention. */
async function provideOrganization(tx: Tx, seed: SeedOrganization): Promise<void> {
  const { name, external_id, metadata, domains } = seed;
  const existing = await findOrganizationByName(tx, name);
  if (!existing) {
    await createOrganization(tx, { name, external_id, metadata, domain_data: domains });
    return;
  }
  const { domains: present } = await getOrganization(tx, existing.id);
  const seeded = new Set(domains.map(({ domain }) => domain));
  const kept = present
    .filter(({ domain }) => !seeded.has(domain))
    .map(({ domain }) => ({ domain, state: 'pending' as const }));
  await updateOrganization(tx, existing.id, { external_id, metadata, domain_data: [...kept, ...domains] });
}
