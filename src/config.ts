import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { type MailSender, parseSender } from './platform/mail/address.ts';

/**
 * The environment, read once into one frozen object. The table in `docs/self-hosting/configuration.md` is generated
 * from `variables`, so a variable that is not documented does not exist.
 */

interface Variable {
  name: string;
  schema: z.ZodType;
  /** What it does, what it takes and what the default is, in one or two sentences. */
  about: string;
}

const text = z.string().min(1);
const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(min).max(max));
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const isCidr = (text: string): boolean => z.union([z.cidrv4(), z.cidrv6()]).safeParse(text).success;

const isSmtpUrl = (value: string): boolean =>
  URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol);

const schemas = {
  PORT: [integer(0, 65_535), 'Port to listen on; 0 takes any free one. Default 4100.'],
  HOST: [text, 'Address to listen on. Default 127.0.0.1.'],
  DOORWRIGHT_DATA_DIR: [
    text,
    'Folder of the embedded database and of generated keys. Default `.doorwright`.',
  ],
  DOORWRIGHT_ENGINE_DIR: [
    text,
    'Where the database engine is copied when it cannot run from `node_modules`. Default `/var/lib/doorwright`.',
  ],
  DATABASE_URL: [
    text,
    'A PostgreSQL (15 or newer) of your own, instead of the embedded one. May lead through pgbouncer.',
  ],
  DATABASE_DIRECT_URL: [
    text,
    'The same PostgreSQL without a pooler between: switches prepared statements and wake-ups on.',
  ],
  DATABASE_POOL_SIZE: [integer(2, 200), 'Connections of one process. Default 10.'],
  DOORWRIGHT_EXTERNAL_URL: [
    text,
    'The address under which people and applications reach Doorwright. Required in production.',
  ],
  DOORWRIGHT_MASTER_KEY: [
    text,
    'Key that encrypts stored secrets: 32 bytes in base64, or `id:base64` pairs with the newest first. Required in production; `doorwright keys generate` makes one.',
  ],
  DOORWRIGHT_TLS_CERT: [text, 'File with the certificate chain, to serve HTTPS without a proxy.'],
  DOORWRIGHT_TLS_KEY: [text, 'File with the private key of that certificate.'],
  DOORWRIGHT_TRUSTED_PROXIES: [
    list,
    'Networks (CIDR, separated by commas) whose `X-Forwarded-For` is believed. Required in production without TLS.',
  ],
  DOORWRIGHT_ALLOW_HTTP_LOOPBACK: [
    flag,
    'Set to 1 to let production run on plain HTTP at a loopback address, and send webhooks to such: for tests.',
  ],
  DOORWRIGHT_OUTBOUND_NETWORKS: [
    list.refine((networks) => networks.every(isCidr), 'must be networks such as 10.1.0.0/16'),
    'Private networks (CIDR, separated by commas) that requests may be sent to, such as those of webhook receivers of your own. Default none: only public addresses are reached, and in development this machine.',
  ],
  DOORWRIGHT_WORKERS: [integer(1, 64), 'Processes that serve requests. Default 1.'],
  DOORWRIGHT_RATE_LIMITS: [
    z.union([
      z.literal('off').transform(() => 0),
      z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .transform(Number),
    ]),
    'Development only: `off`, or a factor by which every limit is multiplied.',
  ],
  DOORWRIGHT_METRICS_PORT: [
    integer(0, 65_535),
    'Port of `/metrics` in production, on the same address. Default 9464. In development `/metrics` is on the main port.',
  ],
  DOORWRIGHT_LOG_LEVEL: [
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    'Least level that is logged. Default `info` in production, `warn` in development.',
  ],
  DOORWRIGHT_MCP_DOCS: [
    z.enum(['on', 'off']),
    'Set to `off` to serve no documentation to coding agents at `/mcp/docs`. Default `on`: a process of its own is started at the first request.',
  ],
  DOORWRIGHT_SAMPLE: [
    z.enum(['on', 'off']),
    'Development only: set to `off` to start no sample application. Default `on`: it listens on port 3000, or on the next one that is free.',
  ],
  DOORWRIGHT_SEED: [text, 'Seed file. Default `doorwright.seed.yaml`, when it exists.'],
  DOORWRIGHT_SMTP_URL: [
    text.refine(isSmtpUrl, 'must be an smtp:// or smtps:// URL'),
    'Mail server, for example `smtps://user:password@smtp.example.com`. Without it development keeps mail in the mailbox page, and production refuses to send.',
  ],
  DOORWRIGHT_MAIL_FROM: [
    text.transform(parseSender).refine((sender) => sender !== null, 'must be `Name <address>` or an address'),
    'Sender of e-mails, as `Name <address>` or an address. Default `Doorwright <no-reply@localhost>`.',
  ],
} satisfies Record<string, readonly [z.ZodType, string]>;

type Schemas = typeof schemas;
type Values = { [Name in keyof Schemas]?: z.output<Schemas[Name][0]> };

/** Every variable with its explanation, in the order of the documentation. */
export const variables: readonly Variable[] = Object.entries(schemas).map(([name, [schema, about]]) => ({
  name,
  schema,
  about,
}));

export type Mode = 'development' | 'production';

export interface Config {
  readonly mode: Mode;
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly engineDirectory: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly databaseDirectUrl: string | undefined;
  readonly poolSize: number;
  readonly externalUrl: string | undefined;
  readonly masterKey: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly trustedProxies: readonly string[];
  /** Private networks that requests may be sent to. */
  readonly outboundNetworks: readonly string[];
  /** Whether requests may be sent to this machine, over plain HTTP too. */
  readonly isLoopbackAllowed: boolean;
  readonly workers: number;
  /** Multiplies every rate limit; 0 is off. */
  readonly rateLimitFactor: number;
  readonly metricsPort: number | null;
  readonly logLevel: string;
  /** Whether `/mcp/docs` serves the documentation to coding agents. */
  readonly hasMcpDocs: boolean;
  /** Whether the sample application is started beside the server. */
  readonly hasSample: boolean;
  readonly seedFile: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: MailSender;
}

/** A setting is missing or malformed; the message names the variable and what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the environment.
 * @throws ConfigError with every fault at once
 */
export function readConfig(environment: NodeJS.ProcessEnv, mode: Mode): Config {
  const values = parseVariables(environment);
  const isProduction = mode === 'production';
  const config: Config = {
    mode,
    port: values.PORT ?? 4_100,
    host: values.HOST ?? '127.0.0.1',
    dataDirectory: resolve(values.DOORWRIGHT_DATA_DIR ?? '.doorwright'),
    engineDirectory: values.DOORWRIGHT_ENGINE_DIR,
    databaseUrl: values.DATABASE_URL,
    databaseDirectUrl: values.DATABASE_DIRECT_URL,
    poolSize: values.DATABASE_POOL_SIZE ?? 10,
    externalUrl: values.DOORWRIGHT_EXTERNAL_URL,
    masterKey: values.DOORWRIGHT_MASTER_KEY,
    tls: readTls(values),
    trustedProxies: values.DOORWRIGHT_TRUSTED_PROXIES ?? [],
    outboundNetworks: values.DOORWRIGHT_OUTBOUND_NETWORKS ?? [],
    isLoopbackAllowed: !isProduction || (values.DOORWRIGHT_ALLOW_HTTP_LOOPBACK ?? false),
    workers: values.DOORWRIGHT_WORKERS ?? 1,
    rateLimitFactor: isProduction ? 1 : (values.DOORWRIGHT_RATE_LIMITS ?? 1),
    metricsPort: isProduction ? (values.DOORWRIGHT_METRICS_PORT ?? 9_464) : null,
    logLevel: values.DOORWRIGHT_LOG_LEVEL ?? (isProduction ? 'info' : 'warn'),
    hasMcpDocs: values.DOORWRIGHT_MCP_DOCS !== 'off',
    hasSample: !isProduction && values.DOORWRIGHT_SAMPLE !== 'off',
    seedFile: values.DOORWRIGHT_SEED,
    smtpUrl: values.DOORWRIGHT_SMTP_URL,
    mailFrom: values.DOORWRIGHT_MAIL_FROM ?? { name: 'Doorwright', address: 'no-reply@localhost' },
  };
  if (isProduction) requireProduction(config, values.DOORWRIGHT_ALLOW_HTTP_LOOPBACK ?? false);
  return Object.freeze(config);
}

function parseVariables(environment: NodeJS.ProcessEnv): Values {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const { name, schema, about } of variables) {
    const given = environment[name];
    if (given === undefined || given === '') continue;
    const parsed = schema.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(`${name}: ${parsed.error.issues[0]?.message}. ${about}`);
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return values as Values;
}

function readTls(values: Values): Config['tls'] {
  const { DOORWRIGHT_TLS_CERT: certFile, DOORWRIGHT_TLS_KEY: keyFile } = values;
  if (!certFile && !keyFile) return null;
  if (!certFile || !keyFile) {
    throw new ConfigError('DOORWRIGHT_TLS_CERT and DOORWRIGHT_TLS_KEY go together: set both or neither.');
  }
  return { cert: readFileSync(absolute(certFile), 'utf8'), key: readFileSync(absolute(keyFile), 'utf8') };
}

const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(path));

function requireProduction(config: Config, isHttpLoopbackAllowed: boolean): void {
  const faults: string[] = [];
  if (!config.masterKey) {
    faults.push('DOORWRIGHT_MASTER_KEY is required in production. `doorwright keys generate` makes one.');
  }
  if (!config.externalUrl) {
    faults.push('DOORWRIGHT_EXTERNAL_URL is required in production, for example https://id.example.com.');
  }
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(config.host);
  const isSecure = config.tls !== null || config.trustedProxies.length > 0;
  if (!isSecure && !(isHttpLoopbackAllowed && isLoopback)) {
    faults.push(
      'Production needs TLS (DOORWRIGHT_TLS_CERT and DOORWRIGHT_TLS_KEY) or a proxy that ends it (DOORWRIGHT_TRUSTED_PROXIES).',
    );
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
}

/** The address under which people and applications reach what listens on `port`. */
export function externalUrlOf(config: Config, port: number): string {
  if (config.externalUrl) return config.externalUrl;
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return `${config.tls ? 'https' : 'http'}://${host}:${port}`;
}
