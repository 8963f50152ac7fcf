import { defaultApiKey } from '../../app.ts';
import { subscribableEventNames } from '../../capabilities/events/index.ts';
import { readConfig } from '../../config.ts';
import { isEventName } from '../../platform/events/names.ts';
import { secretFor } from './forward.ts';

export interface ListenOptions {
  forwardTo: string;
  events?: string;
  apiKey?: string;
  url?: string;
  since?: string;
  secret?: string;
  replay?: string;
  json?: boolean;
}

/** What a listener does, with every default filled in. */
export interface Listening {
  forwardTo: string;
  url: string;
  apiKey: string;
  secret: string;
  events: readonly string[];
  since: string | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws with a message for people about the first option that cannot be used */
export function readListening(options: ListenOptions, variables: Variables): Listening {
  const apiKey = options.apiKey ?? variables['WORKOS_API_KEY'] ?? defaultApiKey;
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new Error('The API key holds characters that no key has.');
  return {
    forwardTo: readAddress('--forward-to', options.forwardTo),
    url: readAddress('--url', options.url ?? serverAddress(variables)).replace(/\/$/, ''),
    apiKey,
    secret: options.secret ?? secretFor(apiKey),
    events: readEventNames(options.events),
    since: options.since ?? null,
  };
}

function readAddress(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(`${option} takes an address such as http://localhost:3000/webhooks, not '${text}'.`);
  }
  if (url.username || url.password) {
    throw new Error(`${option} takes an address without a user name and password: they are not sent.`);
  }
  return url.href;
}

/** Where the application finds the server; else the development server of this machine. */
function serverAddress(variables: Variables): string {
  const { WORKOS_API_HOSTNAME: host, WORKOS_API_PORT: port, WORKOS_API_HTTPS: isHttps } = variables;
  if (!host) return `http://127.0.0.1:${readConfig(variables, 'development').port}`;
  return `${isHttps === 'false' ? 'http' : 'https'}://${host}${port ? `:${port}` : ''}`;
}

function readEventNames(text: string | undefined): readonly string[] {
  const names = (text ?? '').split(',').flatMap((name) => name.trim() || []);
  for (const name of names) {
    if (!isEventName(name)) throw new Error(`There is no event named '${name}'.`);
    if (!subscribableEventNames.includes(name)) {
      throw new Error(`'${name}' is not sent to webhook endpoints: read it from GET /events.`);
    }
  }
  return names;
}
