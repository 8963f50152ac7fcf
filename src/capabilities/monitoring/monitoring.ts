import { notFound } from '../../platform/errors.ts';
import { listDeadJobs as readDeadJobs, reviveJobs } from '../../platform/jobs/store.ts';
import { sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Health } from './contract.ts';

const mostDeadJobs = 100;

/** Measures one round trip to the database. */
export async function checkHealth(reader: Reader, isDraining: boolean): Promise<Health> {
  const startedAt = performance.now();
  const isDatabaseUp = await reader.run(sql`select 1`).then(
    () => true,
    () => false,
  );
  const latency_ms = Math.round((performance.now() - startedAt) * 100) / 100;
  const status = isDatabaseUp ? 'ok' : 'degraded';
  return {
    status: isDraining ? 'draining' : status,
    checks: { database: { status: isDatabaseUp ? 'ok' : 'unavailable', latency_ms } },
  };
}

export async function listDeadJobs(reader: Reader) {
  const rows = await readDeadJobs(reader, mostDeadJobs);
  return { object: 'list' as const, data: rows.map((row) => ({ object: 'job' as const, ...row })) };
}

/** Puts a dead job back to work with all its attempts. */
export async function retryJob(tx: Tx, id: string): Promise<{ retried: number }> {
  const retried = await reviveJobs(tx, id, tx.now);
  if (retried === 0) throw notFound('Dead job', id);
  return { retried };
}
