import { defaultApiKey } from '../app.ts';
import { type Config, externalUrlOf } from '../config.ts';
import { defaultClientId } from '../seed/defaults.ts';
import type { ApplicationEnvironment } from './application-environment.ts';

interface AnnounceOptions {
  isJson: boolean;
  /** Where the sample application will be in a moment; null without one. */
  sampleUrl: string | null;
  /** What applications are configured with; null in production. */
  environment: ApplicationEnvironment | null;
}

/** Says where everything is, once, when requests are answered. */
export function announce(config: Config, port: number, options: AnnounceOptions): void {
  const { sampleUrl, environment } = options;
  const url = externalUrlOf(config, port);
  if (options.isJson) {
    const development = environment
      ? {
          api_key: defaultApiKey,
          client_id: defaultClientId,
          clock_url: `${url}/_dev/clock`,
          mailbox_url: `${url}/_dev/mailbox`,
          ...(sampleUrl === null ? {} : { sample_url: sampleUrl }),
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
  if (environment) process.stdout.write(developmentText({ url, sampleUrl, environment }));
}

function developmentText(at: {
  url: string;
  sampleUrl: string | null;
  environment: ApplicationEnvironment;
}): string {
  const { url, sampleUrl, environment } = at;
  const { WORKOS_API_HOSTNAME: host, WORKOS_API_PORT: port, WORKOS_API_HTTPS: https } = environment;
  const sample = sampleUrl === null ? '' : `\n  Sample      ${sampleUrl}`;
  const block = Object.entries(environment).map(([name, value]) => `  ${name}=${value}`);
  return `
Doorwright is ready.

  API         ${url}
  OpenAPI     ${url}/openapi.json
  Health      ${url}/health
  Clock       ${url}/_dev/clock
  Mailbox     ${url}/_dev/mailbox${sample}

With the official Node SDK (it reads no host from the environment):

  new WorkOS('${defaultApiKey}', { apiHostname: '${host}', port: ${port}, https: ${https}, clientId: '${defaultClientId}' })

For frameworks that read the environment:

${block.join('\n')}
`;
}
