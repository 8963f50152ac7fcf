import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultApiKey } from '../app.ts';
import { type Config, externalUrlOf } from '../config.ts';
import { defaultClientId, sampleRedirectUri } from '../seed/defaults.ts';

/** Says where everything is, once, when requests are answered. */
export function announce(config: Config, port: number, options: { isJson: boolean }): void {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const url = externalUrlOf(config, port);
  const isDevelopment = config.mode === 'development';
  if (options.isJson) {
    const development = isDevelopment
      ? {
          api_key: defaultApiKey,
          client_id: defaultClientId,
          clock_url: `${url}/_dev/clock`,
          mailbox_url: `${url}/_dev/mailbox`,
        }
      : {};
    const line = {
      url,
      pid: process.pid,
      ...development,
      openapi_url: `${url}/openapi.json`,
      health_url: `${url}/health`,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  if (isDevelopment) process.stdout.write(developmentText({ config, url, host, port }));
}

function developmentText(at: { config: Config; url: string; host: string; port: number }): string {
  const { url, host, port } = at;
  return `
Doorwright is ready.

  API         ${url}
  OpenAPI     ${url}/openapi.json
  Health      ${url}/health
  Clock       ${url}/_dev/clock
  Mailbox     ${url}/_dev/mailbox

With the official Node SDK (it reads no host from the environment):

  new WorkOS('${defaultApiKey}', { apiHostname: '${host}', port: ${port}, https: false, clientId: '${defaultClientId}' })

For frameworks that read the environment:

${environmentBlock(at)}
`;
}

function environmentBlock({ config, host, port }: { config: Config; host: string; port: number }): string {
  return [
    `WORKOS_API_KEY=${defaultApiKey}`,
    `WORKOS_CLIENT_ID=${defaultClientId}`,
    `WORKOS_COOKIE_PASSWORD=${cookiePassword(config)}`,
    `WORKOS_REDIRECT_URI=${sampleRedirectUri}`,
    `WORKOS_API_HOSTNAME=${host}`,
    `WORKOS_API_PORT=${port}`,
    'WORKOS_API_HTTPS=false',
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Stable across restarts, different per installation: derived from the master key. */
function cookiePassword(config: Config): string {
  const key = config.masterKey ?? readFileSync(join(config.dataDirectory, 'master.key'), 'utf8');
  return createHash('sha256').update(`cookie-password:${key.trim()}`).digest('base64url');
}
