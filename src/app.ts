import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { PoolConfig } from 'pg';
import {
  type AuthenticationDeps,
  authenticationOperations,
  purgeLoginAttempts,
  showSignedOut,
} from './capabilities/authentication/index.ts';
import { authorizationJobs, authorizationOperations } from './capabilities/authorization/index.ts';
import { brandingOperations } from './capabilities/branding/index.ts';
import {
  type EmailVerificationDeps,
  emailVerificationOperations,
} from './capabilities/email-verifications/index.ts';
import {
  type PasswordResetDeps,
  type ResetDeps,
  passwordResetOperations,
  purgePasswordResets,
  requestPasswordResetJob,
} from './capabilities/password-resets/index.ts';
import {
  type SessionDeps,
  createRotate,
  endOrganizationSessionsJob,
  purgeSessions,
  sessionOperations,
} from './capabilities/sessions/index.ts';
import { purgeOneTimeCodes } from './platform/one-time-codes.ts';
import { createQuotas } from './platform/quota.ts';
import { type Urls, createUrls } from './platform/urls.ts';
import { developmentOperations } from './capabilities/development/index.ts';
import {
  createApiKeyAuthenticator,
  createEnvironmentDirectory,
  createInstallKeyAuthenticator,
  environmentOperations,
  eraseEnvironmentJob,
  findFrameEnvironment,
} from './capabilities/environments/index.ts';
import { eventOperations, eventWebhooks } from './capabilities/events/index.ts';
import { eraseMembershipsJob, membershipOperations } from './capabilities/memberships/index.ts';
import { type MonitoringDeps, monitoringOperations } from './capabilities/monitoring/index.ts';
import { organizationDomainOperations } from './capabilities/organization-domains/index.ts';
import { organizationOperations } from './capabilities/organizations/index.ts';
import { type UserDeps, userOperations } from './capabilities/users/index.ts';
import { createKeyring, purgeSigningKeys, signingKeyOperations } from './capabilities/signing-keys/index.ts';
import {
  type DeliverySignal,
  type WebhookDeps,
  clearQueueJob,
  createDeliverySignal,
  deliveryHeaders,
  eraseEndpointJob,
  purgeDeliveriesJob,
  purgeRestJob,
  replayJob,
  runWebhooks,
  webhookOperations,
} from './capabilities/webhooks/index.ts';
import { type Assets, assetOperations } from './pages/index.ts';
import type { AdjustableClock } from './platform/clock.ts';
import type { Database } from './platform/database/database.ts';
import type { Encryption } from './platform/encryption.ts';
import { maintainEventsJob } from './platform/events/maintenance.ts';
import { createAddressReader } from './platform/http/address.ts';
import { createFrame } from './platform/http/frame.ts';
import { createHostGuard } from './platform/http/hosts.ts';
import { purgeIdempotencyKeys } from './platform/idempotency.ts';
import type { JobKind } from './platform/jobs/jobs.ts';
import { carryJobSignal } from './platform/jobs/wake.ts';
import { type Worker, startWorker } from './platform/jobs/worker.ts';
import type { Log } from './platform/log.ts';
import { type MailDeps, mailJobs } from './platform/mail/delivery.ts';
import type { MailTransport } from './platform/mail/smtp.ts';
import type { Metrics } from './platform/metrics.ts';
import { toOpenApi } from './platform/openapi.ts';
import type { Operation } from './platform/operation.ts';
import type { OutboundFetch } from './platform/outbound-fetch/index.ts';
import { createPasswordHasher } from './platform/password-hashing.ts';
import { purgeQuotaWindows } from './platform/quota.ts';
import { createRateLimiter } from './platform/rate-limit.ts';

/** The key that development mode makes; refused in production whatever the database says. */
export const defaultApiKey = 'sk_test_default';

export interface AppDeps {
  database: Database;
  clock: AdjustableClock;
  encryption: Encryption;
  log: Log;
  metrics: Metrics;
  /** Style sheets and pictures of the pages. */
  assets: Assets;
  /** Null when no mail server is configured. */
  mailTransport: MailTransport | null;
  /** The one door to other servers. */
  outbound: OutboundFetch;
  settings: {
    isDevelopment: boolean;
    /** Whether endpoints may be http:// ones: in development and in tests of production. */
    isHttpAllowed: boolean;
    version: string;
    /** The address under which people and applications reach the installation; known once it listens. */
    externalUrl(): string;
    trustedProxies: readonly string[];
    rateLimitFactor: number;
    /** Every response is checked against its schema in tests, one in fifty otherwise. */
    responseCheck: 'always' | 'sample';
  };
  isDraining(): boolean;
}

export interface App {
  readonly handler: Hono<{ Bindings: HttpBindings }>;
  readonly operations: readonly Operation[];
  /** @param connection a direct connection to listen on for work of other processes, or null */
  startJobs(connection: PoolConfig | null): Worker;
}

/** What the list of operations is made from. */
export type OperationDeps = Pick<MonitoringDeps, 'metrics' | 'isDraining' | 'openApi'> &
  UserDeps &
  EmailVerificationDeps &
  PasswordResetDeps &
  SessionDeps &
  AuthenticationDeps &
  WebhookDeps & {
    clock: AdjustableClock;
    assets: Assets;
    isDevelopment: boolean;
  };

/** The one list of everything that can be called. */
export function listOperations(deps: OperationDeps): readonly Operation[] {
  return [
    ...organizationOperations,
    ...organizationDomainOperations,
    ...userOperations(deps),
    ...emailVerificationOperations(deps),
    ...passwordResetOperations(deps),
    ...membershipOperations,
    ...authorizationOperations,
    ...sessionOperations(deps),
    ...authenticationOperations(deps),
    ...signingKeyOperations(deps),
    ...eventOperations(),
    ...webhookOperations(deps),
    ...environmentOperations(),
    ...brandingOperations(deps),
    ...monitoringOperations({ ...deps, hasPublicMetrics: deps.isDevelopment }),
    ...assetOperations(deps.assets),
    ...(deps.isDevelopment ? developmentOperations(deps) : []),
  ];
}

/** The one list of background work. */
export function listJobKinds(deps: MailDeps & ResetDeps & Pick<WebhookDeps, 'signal'>): readonly JobKind[] {
  return [
    maintainEventsJob,
    purgeIdempotencyKeys,
    purgeQuotaWindows,
    purgeOneTimeCodes,
    purgePasswordResets,
    requestPasswordResetJob(deps) as JobKind,
    purgeSessions,
    endOrganizationSessionsJob,
    purgeLoginAttempts,
    purgeSigningKeys,
    eraseEnvironmentJob,
    eraseMembershipsJob,
    clearQueueJob as JobKind,
    eraseEndpointJob as JobKind,
    purgeDeliveriesJob,
    purgeRestJob as JobKind,
    replayJob(deps.signal) as JobKind,
    ...authorizationJobs,
    ...mailJobs(deps),
  ];
}

/** Puts the capabilities together. Opens nothing and listens nowhere. */
export function createApp(deps: AppDeps): App {
  const { database, clock, encryption, assets, log, metrics, settings } = deps;
  const environments = createEnvironmentDirectory(database);
  const urls = createUrls(settings.externalUrl);
  const signal = createDeliverySignal();
  let openApiText: string | undefined;
  const operations: readonly Operation[] = listOperations({
    metrics,
    clock,
    encryption,
    signal,
    outbound: deps.outbound,
    isHttpAllowed: settings.isHttpAllowed,
    keyring: createKeyring({ database, encryption, clock }),
    assets,
    isDraining: deps.isDraining,
    database,
    passwordHasher: createPasswordHasher(),
    rotate: createRotate(database),
    quotas: createQuotas(settings.rateLimitFactor),
    urls,
    signedOutPage: (reader, cookies) => showSignedOut(reader, { assets, urls, encryption }, cookies),
    isDevelopment: settings.isDevelopment,
    openApi: () =>
      (openApiText ??= JSON.stringify(
        toOpenApi({
          operations,
          webhooks: eventWebhooks(),
          webhookHeaders: deliveryHeaders,
          version: settings.version,
        }),
      )),
  });
  const handler = createFrame({
    ...deps,
    operations,
    environments,
    authenticators: [
      createInstallKeyAuthenticator(database),
      createApiKeyAuthenticator({
        database,
        clock,
        log,
        refusedKeys: settings.isDevelopment ? [] : [defaultApiKey],
      }),
    ],
    rateLimiter: createRateLimiter(settings.rateLimitFactor, () => performance.now()),
    readAddress: createAddressReader(settings.trustedProxies),
    hostGuard: settings.isDevelopment ? createHostGuard(settings.externalUrl, environments) : null,
    responseCheck: settings.responseCheck,
  });
  return {
    handler,
    operations,
    startJobs: (connection) => startBackground({ ...deps, urls, signal }, connection),
  };
}

interface BackgroundDeps extends AppDeps {
  urls: Urls;
  signal: DeliverySignal;
}

/** Starts what works beside requests: the queue of jobs, and webhooks. */
function startBackground(deps: BackgroundDeps, connection: PoolConfig | null): Worker {
  const { database, clock, log, metrics, mailTransport, settings } = deps;
  const findEnvironment = (id: string) => findFrameEnvironment(database, id);
  const worker = startWorker({
    database,
    clock,
    log,
    kinds: listJobKinds({ ...deps, transport: mailTransport, isDevelopment: settings.isDevelopment }),
    findEnvironment,
    onEnd: (kind, outcome) => metrics.jobs.inc({ kind, outcome }),
  });
  const closeSignal = carryJobSignal(database, connection, () => worker.wake(), log);
  const webhooks = runWebhooks({
    ...deps,
    findEnvironment,
    onAttempt: (outcome) => metrics.webhookAttempts.inc({ outcome }),
  });
  return {
    wake: () => {
      worker.wake();
      webhooks.wake();
    },
    stop: async (graceMs) => {
      await closeSignal();
      await Promise.all([worker.stop(graceMs), webhooks.stop(graceMs)]);
    },
  };
}
