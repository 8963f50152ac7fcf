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
import { readDomainName } from '../capabilities/organization-domains/index.ts';
import { createDeliverySignal, provideEndpoint } from '../capabilities/webhooks/index.ts';
import type { Encryption } from '../platform/encryption.ts';
import { ApiError } from '../platform/errors.ts';
import { createPasswordHasher } from '../platform/password-hashing.ts';
import { system } from '../platform/scope.ts';
import { type Tx, createScope, inTransaction } from '../platform/transaction.ts';
import type { Runtime } from '../server/runtime.ts';
import { defaultClientId } from './defaults.ts';
import { provideMember, provideUser, refusedPartOf } from './people.ts';
import {
  isOfOrganization,
  provideRoleConfigurations,
  provideSeedPermission,
  provideSeedRole,
} from './roles.ts';
import { SeedError, type SeedPath, type SeedSource } from './read.ts';
import type { SeedContents, SeedOrganization, SeedWebhookEndpoint } from './schema.ts';

/** What a seed is applied to. */
export interface SeedTarget extends Pick<Runtime, 'database' | 'clock'> {
  encryption: Encryption;
}

/**
 * Applies a seed in one transaction per environment. Nothing is ever deleted; a second time changes nothing.
 * @throws SeedError with file and line for what a rule of the product refuses
 */
export async function applySeedFile(target: SeedTarget, { seed, locate }: SeedSource): Promise<void> {
  await inEnvironment(target, defaultClientId, (tx) => applyContents(tx, seed, { locate, ...target }));
  for (const [index, environment] of seed.environments.entries()) {
    await makeEnvironment(target, environment);
    const within = (path: SeedPath) => locate(['environments', index, ...path]);
    await inEnvironment(target, environment.client_id, async (tx) => {
      const { api_key: value } = environment;
      if (value) {
        await refusedAt(within(['api_key']), () =>
          provideApiKey(tx, tx.environmentId, { value, name: 'Seed' }),
        );
      }
      await applyContents(tx, environment, { locate: within, ...target });
    });
  }
}

/** Makes sure that an environment with this client id exists. */
export async function makeEnvironment(
  target: SeedTarget,
  input: Parameters<typeof provideEnvironment>[1],
): Promise<void> {
  const now = target.clock.now();
  const scope = createScope({ environment: null, principal: system, requestId: 'seed', now });
  await inTransaction(target.database, scope, (tx) => provideEnvironment(tx, input));
}

/** Runs work in the environment of a client id. */
export async function inEnvironment(
  target: SeedTarget,
  clientId: string,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  const environment = await createEnvironmentDirectory(target.database).byClientId(clientId);
  if (!environment) throw new Error(`The seed needs an environment with the client id ${clientId}.`);
  const scope = createScope({ environment, principal: system, requestId: 'seed', now: target.clock.now() });
  await inTransaction(target.database, scope, work);
}

/** Applies what one environment has; `locate` says where it stands, for refusals. */
export async function applyContents(
  tx: Tx,
  contents: SeedContents,
  { locate, encryption }: Pick<SeedSource, 'locate'> & Pick<SeedTarget, 'encryption'>,
): Promise<void> {
  const { environment } = tx;
  const each = async <Item>(
    key: string,
    items: readonly Item[],
    provide: (item: Item) => Promise<unknown>,
  ) => {
    for (const [index, item] of items.entries()) await refusedAt(locate([key, index]), () => provide(item));
  };
  await each('apiKeys', contents.apiKeys, (key) => provideApiKey(tx, environment.id, key));
  await each('redirectUris', contents.redirectUris, (uri) =>
    provideRedirectUri(tx, environment, 'sign_in', uri),
  );
  await each('signOutRedirects', contents.signOutRedirects, (uri) =>
    provideRedirectUri(tx, environment, 'sign_out', uri),
  );
  await each('corsOrigins', contents.corsOrigins, (origin) => provideCorsOrigin(tx, environment, origin));
  const hasher = createPasswordHasher();
  await each('users', contents.users, (user) => provideUser(tx, hasher, user));
  await each('permissions', contents.permissions, (permission) => provideSeedPermission(tx, permission));
  await each('roles', contents.roles, async (role) => {
    if (!isOfOrganization(role)) await provideSeedRole(tx, role);
  });
  // Before any organization has a role: with its first one it copies the default and order of that moment.
  const [shared, own] = [
    contents.roles.filter((role) => !isOfOrganization(role)),
    contents.roles.filter(isOfOrganization),
  ];
  await refusedAt(locate(['roles']), () => provideRoleConfigurations(tx, shared));
  const ids: string[] = [];
  await each('organizations', contents.organizations, async (organization) => {
    ids.push(await provideOrganization(tx, organization));
  });
  await each('roles', contents.roles, async (role) => {
    if (isOfOrganization(role)) await provideSeedRole(tx, role);
  });
  await refusedAt(locate(['roles']), () => provideRoleConfigurations(tx, own));
  for (const [index, { memberships }] of contents.organizations.entries()) {
    for (const [place, member] of memberships.entries()) {
      const at = (error: ApiError) =>
        locate(['organizations', index, 'memberships', place, ...refusedPartOf(member, error)]);
      await refusedAt(at, () => provideMember(tx, ids[index] ?? '', member));
    }
  }
  await each('webhookEndpoints', contents.webhookEndpoints, (endpoint) =>
    provideWebhookEndpoint(tx, encryption, endpoint),
  );
}

/** Says in the words of the seed file what a rule of the product refuses. */
async function refusedAt<Value>(
  place: string | ((error: ApiError) => string),
  provide: () => Promise<Value>,
): Promise<Value> {
  try {
    return await provide();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const at = typeof place === 'string' ? place : place(error);
    throw new SeedError(`${at}: ${sentencesOf(error).join(' ')}`);
  }
}

function sentencesOf({ errors = [], message }: ApiError): string[] {
  const sentences = errors.flatMap((entry) => {
    if ('message' in entry) return [String(entry.message)];
    return 'constraints' in entry ? Object.values(entry.constraints as object).map(String) : [];
  });
  return sentences.length > 0 ? sentences : [message];
}

/** Endpoints are named by their URL. */
async function provideWebhookEndpoint(
  tx: Tx,
  encryption: Encryption,
  { url, endpoint_url, events, secret, status }: SeedWebhookEndpoint,
): Promise<void> {
  await provideEndpoint(
    tx,
    // A seed wakes nobody: what it makes is found within a second.
    { encryption, signal: createDeliverySignal() },
    { endpoint_url: url ?? endpoint_url ?? '', events, status, ...(secret === undefined ? {} : { secret }) },
  );
}

/** Organizations are named by their name: one that exists keeps what the seed does not mention. */
async function provideOrganization(tx: Tx, seed: SeedOrganization): Promise<string> {
  const { name, external_id, domains } = seed;
  // `{}` would delete what is there.
  const metadata = seed.metadata && Object.keys(seed.metadata).length > 0 ? seed.metadata : undefined;
  const existing = await findOrganizationByName(tx, name);
  if (!existing) {
    const made = await createOrganization(tx, { name, external_id, metadata, domain_data: domains });
    return made.id;
  }
  const { domains: present } = await getOrganization(tx, existing.id);
  const seeded = new Set(domains.map(({ domain }) => canonicalDomain(domain)));
  const kept = present
    .filter(({ domain }) => !seeded.has(domain))
    .map(({ domain }) => ({ domain, state: 'pending' as const }));
  await updateOrganization(tx, existing.id, { external_id, metadata, domain_data: [...kept, ...domains] });
  return existing.id;
}

/** As it is stored; a name that is refused stays as it is, for the refusal to name. */
function canonicalDomain(text: string): string {
  const read = readDomainName(text);
  return 'domain' in read ? read.domain : text;
}
