import { hashToken } from './encryption.ts';
import { sql } from './database/sql.ts';
import { defineJob } from './jobs/jobs.ts';
import { type ApiError, rateLimited } from './errors.ts';
import type { Reader } from './scope.ts';
import { z } from 'zod';

/** How often something may be done per person, code or challenge, whichever node is asked. */
export interface Quota {
  name: string;
  limit: number;
  windowSeconds: number;
  /** The refusal, where its documented form is not the general one. */
  refuse?: (retryAfterSeconds: number) => ApiError;
}

/** Counts against quotas; rows of an unlogged table, so that all nodes count together. */
export interface Quotas {
  /**
   * Counts one use. Its own statement, so it counts even when the request is refused later.
   * @param subject an e-mail address, an id: stored as a hash
   * @throws ApiError 429 with the seconds until the window ends
   */
  consume(reader: Reader, quota: Quota, subject: string): Promise<void>;
}

/**
 * Makes the quotas.
 * @param factor multiplies every limit; 0 switches them off (development only)
 */
export function createQuotas(factor: number): Quotas {
  if (factor === 0) return { consume: () => Promise.resolve() };
  return {
    async consume(reader, quota, subject) {
      const { used, seconds_left } = await countUse(reader, quota, subject);
      if (used > quota.limit * factor) throw (quota.refuse ?? rateLimited)(Math.max(1, seconds_left));
    },
  };
}

function countUse(
  reader: Reader,
  quota: Quota,
  subject: string,
): Promise<{ used: number; seconds_left: number }> {
  const bucket = hashToken(`${quota.name}\n${subject}`);
  const endsAt = new Date(reader.now.getTime() + quota.windowSeconds * 1_000);
  return reader.one<{ used: number; seconds_left: number }>(sql`
    insert into quota_window as held (environment_id, bucket_hash, used, ends_at)
    values (${reader.environmentId}, ${bucket}, 1, ${endsAt})
    on conflict (environment_id, bucket_hash) do update set
      used = case when held.ends_at <= ${reader.now} then 1 else held.used + 1 end,
      ends_at = case when held.ends_at <= ${reader.now} then excluded.ends_at else held.ends_at end
    returning used, ceil(extract(epoch from ends_at - ${reader.now}::timestamptz))::integer as seconds_left`);
}

/** Removes windows that have ended. */
export const purgeQuotaWindows = defineJob({
  kind: 'quotas.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 600,
  run: async (tx) => {
    await tx.run(sql`delete from quota_window where ends_at <= ${tx.now}`);
  },
});
