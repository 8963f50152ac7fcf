import { ById } from '../../platform/contract.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type Operation, Reply, byInstallKey, operation, unknownId } from '../../platform/operation.ts';
import { DeadJobList, Health, Liveness, RetriedJobs } from './contract.ts';
import { checkHealth, listDeadJobs, retryJob } from './monitoring.ts';

export interface MonitoringDeps {
  metrics: Metrics;
  isDraining(): boolean;
  /** The OpenAPI document as JSON text. */
  openApi(): string;
  /** False when `/metrics` has a port of its own. */
  hasPublicMetrics: boolean;
}

export function monitoringOperations(deps: MonitoringDeps): readonly Operation[] {
  return [
    ...healthOperations(deps),
    ...jobOperations,
    ...(deps.hasPublicMetrics ? [metricsOperation(deps)] : []),
  ];
}

const open = {
  protocol: 'api',
  principals: ['none'],
  environmentFrom: 'none',
  permission: null,
  method: 'GET',
} as const;

const json = (status: number, body: object): Reply =>
  new Reply(
    status,
    { 'content-type': 'application/json', 'cache-control': 'no-store' },
    JSON.stringify(body),
  );

function healthOperations({ isDraining, openApi }: MonitoringDeps): Operation[] {
  const unavailable = {
    status: 503,
    code: 'degraded',
    when: 'The database is away, or the server is stopping.',
  };
  const report = async (reader: Parameters<typeof checkHealth>[0]): Promise<Reply> => {
    const health = await checkHealth(reader, isDraining());
    return json(health.status === 'ok' ? 200 : 503, health);
  };
  return [
    operation({
      ...open,
      id: 'health.get',
      summary: 'How the server and its database are',
      path: '/health',
      returns: { 200: Health },
      errors: [unavailable],
      run: report,
    }),
    operation({
      ...open,
      id: 'health.live',
      summary: 'Whether the process answers at all',
      path: '/health/live',
      returns: { 200: Liveness },
      run: () => Promise.resolve({ status: 'ok' }),
    }),
    operation({
      ...open,
      id: 'health.ready',
      summary: 'Whether the server should be sent requests',
      path: '/health/ready',
      returns: { 200: Health },
      errors: [unavailable],
      run: report,
    }),
    operation({
      ...open,
      id: 'openapi.get',
      summary: 'This document',
      path: '/openapi.json',
      returns: { 200: 'application/json' },
      run: () => Promise.resolve(new Reply(200, { 'content-type': 'application/json' }, openApi())),
    }),
  ];
}

function metricsOperation({ metrics }: MonitoringDeps): Operation {
  return operation({
    ...open,
    id: 'metrics.get',
    summary: 'Figures of this process in the Prometheus format',
    path: '/metrics',
    returns: { 200: 'text/plain' },
    run: async () =>
      new Reply(200, { 'content-type': metrics.registry.contentType }, await metrics.registry.metrics()),
  });
}

const jobOperations: readonly Operation[] = [
  operation({
    ...byInstallKey,
    id: 'jobs.list_dead',
    summary: 'List background work that used up its attempts',
    method: 'GET',
    path: '/management/jobs/dead',
    permission: 'jobs:read',
    returns: { 200: DeadJobList },
    run: (reader) => listDeadJobs(reader),
  }),
  operation({
    ...byInstallKey,
    id: 'jobs.retry',
    summary: 'Give a dead job all its attempts again',
    method: 'POST',
    path: '/management/jobs/{id}/retry',
    permission: 'jobs:write',
    params: ById,
    returns: { 200: RetriedJobs },
    errors: [unknownId('dead job')],
    run: (tx, { params }) => retryJob(tx, params.id),
  }),
];
