import { ApiError, invalidField, oauthError, unauthorized } from './errors.ts';
import type { EnvironmentSource } from './operation.ts';
import type { Environment, Principal } from './scope.ts';

/** Look-ups of environments; answers are at most a second stale. The environments slice provides it. */
export interface EnvironmentDirectory {
  byId(id: string): Promise<Environment | null>;
  byClientId(clientId: string): Promise<Environment | null>;
  byHost(host: string): Promise<Environment | null>;
  /** The environment of an installation that has only one, or the one made first. */
  default(): Promise<Environment | null>;
  /** True when any environment lists the origin: a preflight carries no key that would say which. */
  isOriginKnown(origin: string): Promise<boolean>;
}

/** Everything in a request that can name its environment. */
export interface EnvironmentHints {
  source: EnvironmentSource;
  principal: Principal;
  host: string | null;
  /** From `/environments/{client_id}/...`. */
  pathClientId: string | null;
  /** The `client_id` parameter, or the one in the path of an operation that takes it from there. */
  clientId: string | null;
  /** The id of the environment of the object that the query names. */
  objectEnvironmentId: string | null;
}

/**
 * Resolves the environment once, in the order of DESIGN 4b: principal, host, path prefix, `client_id`, default.
 * @throws ApiError 404 when the request names an environment that does not exist or that the principal may not touch
 */
export async function resolveEnvironment(
  directory: EnvironmentDirectory,
  hints: EnvironmentHints,
): Promise<Environment | null> {
  if (hints.source === 'none') return null;
  if (hints.source === 'client_id') return clientEnvironment(directory, hints);
  if (hints.source === 'path_client_id') return environmentOfClient(directory, hints.clientId ?? '');
  if (hints.objectEnvironmentId !== null) return directory.byId(hints.objectEnvironmentId);
  const own = hints.principal.environmentId;
  if (own !== null) return ownEnvironment(directory, own, hints.pathClientId);
  const named = await namedEnvironment(directory, hints);
  if (named) return named;
  if (hints.principal.kind === 'install') {
    throw new ApiError('environment_required', {
      status: 400,
      message: 'An install key belongs to no environment. Call /environments/{client_id}/... to name one.',
    });
  }
  return directory.default();
}

async function ownEnvironment(
  directory: EnvironmentDirectory,
  id: string,
  pathClientId: string | null,
): Promise<Environment> {
  const environment = await directory.byId(id);
  if (!environment) throw unauthorized();
  if (pathClientId !== null && pathClientId !== environment.client_id) throw unknownEnvironment();
  return environment;
}

/** A client's request belongs to the environment of its `client_id`, and its secret must too. */
async function clientEnvironment(
  directory: EnvironmentDirectory,
  { clientId, principal, pathClientId }: EnvironmentHints,
): Promise<Environment> {
  if (clientId === null) throw invalidField('client_id', 'required', 'client_id is required.');
  const environment = await findByClientId(directory, clientId);
  const isForeign = principal.kind !== 'none' && principal.environmentId !== environment?.id;
  const isElsewhere = pathClientId !== null && pathClientId !== clientId;
  if (!environment || isForeign || isElsewhere) {
    throw oauthError('invalid_client', 'There is no such client_id, or the client_secret is not of it.');
  }
  return environment;
}

async function namedEnvironment(
  directory: EnvironmentDirectory,
  hints: EnvironmentHints,
): Promise<Environment | null> {
  const byHost = hints.host === null ? null : await directory.byHost(hints.host);
  if (byHost) return byHost;
  const clientId = hints.pathClientId ?? hints.clientId;
  return clientId === null ? null : environmentOfClient(directory, clientId);
}

/** Text that can be no client id is not looked up: it could not be a parameter of a statement, or fill the cache. */
async function findByClientId(
  directory: EnvironmentDirectory,
  clientId: string,
): Promise<Environment | null> {
  return /^[\w.~-]{1,100}$/.test(clientId) ? directory.byClientId(clientId) : null;
}

async function environmentOfClient(directory: EnvironmentDirectory, clientId: string): Promise<Environment> {
  const environment = await findByClientId(directory, clientId);
  if (!environment) throw unknownEnvironment();
  return environment;
}

function unknownEnvironment(): ApiError {
  return new ApiError('entity_not_found', { status: 404, message: 'No environment has this client id.' });
}
