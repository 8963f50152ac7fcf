import { type Authenticator, coalesce } from '../../../platform/authenticate.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import type { Principal } from '../../../platform/scope.ts';
import { hashToken } from '../../../platform/encryption.ts';
import { type KeyHolder, findInstallKeyByHash, findKeyByHash, touchKey } from './store.ts';

export interface AuthenticatorDeps {
  database: Database;
  clock: Clock;
  log: Log;
  /** Keys that are refused whatever the database says: `sk_test_default` in production. */
  refusedKeys: readonly string[];
}

const touchEveryMs = 3_600_000;
const installPrefix = 'sk_admin_';

/** Environment keys, `sk_...`: looked up by hash for every request, so a revocation holds at once. */
export function createApiKeyAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { database, clock, log, refusedKeys } = deps;
  const find = coalesce((bearer) => findKeyByHash(database, hashToken(bearer), clock.now()));
  const noteUse = (holder: KeyHolder): void => {
    const now = clock.now();
    if (holder.last_used_at && now.getTime() - Date.parse(holder.last_used_at) < touchEveryMs) return;
    touchKey(database, holder, now).catch((error: unknown) => log.warn({ err: error }, 'key use not noted'));
  };
  return {
    recognizes: (bearer) => bearer.startsWith('sk_') && !bearer.startsWith(installPrefix),
    authenticate: async (bearer) => {
      if (refusedKeys.includes(bearer)) return null;
      const holder = await find(bearer);
      if (!holder) return null;
      noteUse(holder);
      return {
        ...everything,
        kind: 'api_key',
        id: holder.id,
        name: holder.name,
        environmentId: holder.environment_id,
      };
    },
  };
}

/** Keys of the installation, `sk_admin_...`. */
export function createInstallKeyAuthenticator(database: Database): Authenticator {
  const find = coalesce((bearer) => findInstallKeyByHash(database, hashToken(bearer)));
  return {
    recognizes: (bearer) => bearer.startsWith(installPrefix),
    authenticate: async (bearer) => {
      const key = await find(bearer);
      return key && { ...everything, kind: 'install', id: key.id, name: key.name, environmentId: null };
    },
  };
}

const everything = { organizationId: null, permissions: 'all' } satisfies Partial<Principal>;
