import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What is measured of one process, in Prometheus' words. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'operation' | 'status'>;
  readonly responseMismatches: Counter<'operation'>;
  readonly jobs: Counter<'kind' | 'outcome'>;
  readonly webhookAttempts: Counter<'outcome'>;
}

/**
 * Makes the registry of this process.
 * @param readGauges asked at each scrape for the figures that live in the database
 */
export function createMetrics(readGauges: () => Promise<{ waiting: number; dead: number }>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'doorwright_' });
  const jobQueue = new Gauge({
    name: 'doorwright_job_queue',
    help: 'Jobs in the queue by state',
    labelNames: ['state'] as const,
    registers: [registry],
    async collect() {
      const counts = await readGauges().catch(() => null);
      if (!counts) return;
      this.set({ state: 'waiting' }, counts.waiting);
      this.set({ state: 'dead' }, counts.dead);
    },
  });
  jobQueue.set({ state: 'waiting' }, 0);
  return {
    registry,
    requests: new Histogram({
      name: 'doorwright_request_seconds',
      help: 'Seconds from the first byte of a request to its answer',
      labelNames: ['operation', 'status'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    }),
    responseMismatches: new Counter({
      name: 'doorwright_response_mismatch_total',
      help: 'Checked responses that did not match their declared schema',
      labelNames: ['operation'] as const,
      registers: [registry],
    }),
    jobs: new Counter({
      name: 'doorwright_job_total',
      help: 'Jobs that ended, by kind and outcome',
      labelNames: ['kind', 'outcome'] as const,
      registers: [registry],
    }),
    webhookAttempts: new Counter({
      name: 'doorwright_webhook_attempt_total',
      help: 'Tries to deliver an event, by what became of the delivery: delivered, retried or failed',
      labelNames: ['outcome'] as const,
      registers: [registry],
    }),
  };
}
