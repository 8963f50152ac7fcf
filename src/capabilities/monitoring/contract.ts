import { z } from 'zod';
import { Timestamp } from '../../platform/contract.ts';

export const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'draining']),
    checks: z.strictObject({
      database: z.strictObject({ status: z.enum(['ok', 'unavailable']), latency_ms: z.number() }),
    }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const Liveness = z.strictObject({ status: z.literal('ok') });

/** A job that used up its attempts. */
export const DeadJob = z
  .strictObject({
    object: z.literal('job'),
    id: z.string(),
    environment_id: z.string().nullable(),
    kind: z.string(),
    attempts: z.int(),
    last_error: z.string().nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'DeadJob' });

export const DeadJobList = z.strictObject({ object: z.literal('list'), data: z.array(DeadJob) });

export const RetriedJobs = z.strictObject({ retried: z.int() });
