import cluster from 'node:cluster';
import { createApp } from '../app.ts';
import { type Config, externalUrlOf } from '../config.ts';
import { createEncryption, parseMasterKeys } from '../platform/encryption.ts';
import { countJobs } from '../platform/jobs/store.ts';
import type { Log } from '../platform/log.ts';
import { createSmtpTransport } from '../platform/mail/smtp.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createOutboundFetch } from '../platform/outbound-fetch/index.ts';
import { type Listener, listen } from '../platform/http/server.ts';
import { serveMetrics } from '../platform/http/metrics-server.ts';
import { createDocsChild, docsProgram } from './mcp-docs-child.ts';
import { type DocsProxy, createDocsProxy } from './mcp-docs-proxy.ts';
import { type Runtime, loadAssets } from './runtime.ts';
import { version } from './version.ts';

const graceMs = 10_000;

export interface Served {
  readonly port: number;
  /** Finishes requests and jobs in flight, then closes the database. */
  stop(): Promise<void>;
}

/**
 * Serves requests and runs jobs in this process, on a runtime that is open.
 * @param masterKey text of the master key ring
 */
export async function serve(config: Config, runtime: Runtime, log: Log, masterKey: string): Promise<Served> {
  let isDraining = false;
  let port = config.port;
  const { database, clock } = runtime;
  const metrics = createMetrics(() => countJobs(database));
  const isDevelopment = config.mode === 'development';
  const mailTransport = config.smtpUrl
    ? createSmtpTransport({ url: config.smtpUrl, sender: config.mailFrom })
    : null;
  const outbound = createOutboundFetch({
    allowLoopback: config.isLoopbackAllowed,
    allowedNetworks: config.outboundNetworks,
    log: (fields) => log.warn(fields, 'outbound request refused'),
  });
  const app = createApp({
    database,
    clock,
    encryption: createEncryption(parseMasterKeys(masterKey)),
    log,
    metrics,
    assets: await loadAssets(),
    mailTransport,
    outbound,
    settings: {
      isDevelopment,
      isHttpAllowed: config.isLoopbackAllowed,
      version,
      externalUrl: () => externalUrlOf(config, port),
      trustedProxies: config.trustedProxies,
      rateLimitFactor: config.rateLimitFactor,
      responseCheck: 'sample',
    },
    isDraining: () => isDraining,
  });
  const docs = config.hasMcpDocs ? openDocs(config, log) : null;
  const listener: Listener = await listen({
    app: app.handler,
    host: config.host,
    port: config.port,
    tls: config.tls,
    intercept: docs?.intercept,
  });
  port = listener.port;
  // With several workers the primary serves the figures of all of them.
  const metricsListener =
    config.metricsPort === null || cluster.isWorker
      ? null
      : await serveMetrics(config.host, config.metricsPort, () => metrics.registry.metrics());
  const worker = app.startJobs(runtime.address.isDirect ? runtime.address.connection : null);
  return {
    port,
    stop: async () => {
      isDraining = true;
      docs?.endStreams();
      await Promise.all([listener.drain(graceMs), worker.stop(graceMs)]);
      await docs?.stop();
      await outbound.close();
      mailTransport?.close();
      await metricsListener?.drain(0);
      await runtime.close();
    },
  };
}

/** Without sessions: any process answers any request, and a client doesn't notice that the child was started anew. */
function openDocs(config: Config, log: Log): DocsProxy {
  const child = createDocsChild({
    program: docsProgram(),
    args: ['--http', '0', '--stateless'],
    log,
    now: () => performance.now(),
  });
  return createDocsProxy({ child, log, externalUrl: config.externalUrl });
}
