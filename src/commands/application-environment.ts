import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultApiKey } from '../app.ts';
import { type Config, externalUrlOf } from '../config.ts';
import { defaultClientId, samplePages } from '../seed/defaults.ts';

/** The variables that applications are configured with, in the order in which they are printed. */
export type ApplicationEnvironment = ReturnType<typeof applicationEnvironment>;

/** Of an application at `origin` that signs people in by this development server, which listens on `port`. */
export function applicationEnvironment(config: Config, port: number, origin: string) {
  const url = new URL(externalUrlOf(config, port));
  const isHttps = url.protocol === 'https:';
  return {
    WORKOS_API_KEY: defaultApiKey,
    WORKOS_CLIENT_ID: defaultClientId,
    WORKOS_COOKIE_PASSWORD: cookiePassword(config),
    WORKOS_REDIRECT_URI: samplePages(origin).redirectUri,
    WORKOS_API_HOSTNAME: url.hostname,
    WORKOS_API_PORT: url.port || (isHttps ? '443' : '80'),
    WORKOS_API_HTTPS: String(isHttps),
  };
}

/** Stable across restarts, different per installation: derived from the master key. */
function cookiePassword(config: Config): string {
  const key = config.masterKey ?? readFileSync(join(config.dataDirectory, 'master.key'), 'utf8');
  return createHash('sha256').update(`cookie-password:${key.trim()}`).digest('base64url');
}
