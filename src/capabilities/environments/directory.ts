import type { Database } from '../../platform/database/database.ts';
import type { EnvironmentDirectory } from '../../platform/environment-directory.ts';
import { createTtlCache } from '../../platform/ttl-cache.ts';
import {
  findFirstEnvironment,
  findFrameEnvironment,
  findFrameEnvironmentByClientId,
  findFrameEnvironmentByHost,
  isOriginListed,
} from './store.ts';

/** How old an answer may be; `environment_host`, names and origins change rarely. */
const staleMs = 1_000;

/** Looks environments up for the frame, with answers at most a second old. */
export function createEnvironmentDirectory(database: Database): EnvironmentDirectory {
  const cached = <Value>(load: (key: string) => Promise<Value>) => createTtlCache(staleMs, load);
  const byHost = cached((host) => findFrameEnvironmentByHost(database, host));
  const first = cached(() => findFirstEnvironment(database));
  return {
    byId: cached((id) => findFrameEnvironment(database, id)),
    byClientId: cached((clientId) => findFrameEnvironmentByClientId(database, clientId)),
    byHost,
    default: () => first(''),
    isOriginKnown: cached((origin) => isOriginListed(database, origin)),
  };
}
