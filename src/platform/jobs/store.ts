import type { Db } from '../database/database.ts';
import { type Sql, sql } from '../database/sql.ts';

export interface PendingJob {
  id: string;
  environment_id: string | null;
  kind: string;
  payload: object;
  run_at: Date;
  max_attempts: number;
  /** At most one waiting job carries it; a second is dropped. */
  dedupe_key: string | null;
}

export interface ClaimedJob {
  id: string;
  environment_id: string | null;
  kind: string;
  payload: unknown;
  attempts: number;
  max_attempts: number;
}

export interface Claim {
  kinds: readonly string[];
  now: Date;
  leaseSeconds: number;
  leaseToken: string;
  limit: number;
  /** Jobs that this worker still runs, should their lease have run out. */
  except: readonly string[];
}

/** The statement that writes jobs; one whose dedupe key is waiting already is dropped. */
export function insertionOfJobs(jobs: readonly PendingJob[]): Sql {
  const column = <Key extends keyof PendingJob>(key: Key) => jobs.map((job) => job[key]);
  return sql`
    insert into job (id, environment_id, kind, payload, run_at, max_attempts, dedupe_key)
    select * from unnest(
      ${column('id')}::text[], ${column('environment_id')}::text[], ${column('kind')}::text[],
      ${jobs.map((job) => JSON.stringify(job.payload))}::json[], ${column('run_at')}::timestamptz[],
      ${column('max_attempts')}::int[], ${column('dedupe_key')}::text[])
    on conflict do nothing`;
}

/** Writes jobs in a statement of their own. */
export async function insertJobs(db: Db, jobs: readonly PendingJob[]): Promise<void> {
  await db.run(insertionOfJobs(jobs));
}

/** Takes jobs that are due for one lease; no two workers ever get the same one. */
export function claimJobs(db: Db, claim: Claim): Promise<ClaimedJob[]> {
  return db.many<ClaimedJob>(sql`
    with due as (
      select id from job
      where state = 'waiting' and run_at <= ${claim.now} and kind = any(${claim.kinds})
        and (lease_until is null or lease_until < clock_timestamp()) and id <> all(${claim.except})
      order by run_at limit ${claim.limit} for update skip locked)
    update job set attempts = attempts + 1, lease_token = ${claim.leaseToken},
      lease_until = clock_timestamp() + ${claim.leaseSeconds} * interval '1 second'
    from due where job.id = due.id
    returning job.id, job.environment_id, job.kind, job.payload, job.attempts, job.max_attempts`);
}

/** Keeps leases of jobs that are still running; returns how many were still ours. */
export function extendLeases(db: Db, leaseToken: string, leaseSeconds: number): Promise<number> {
  return db.run(sql`
    update job set lease_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    where lease_token = ${leaseToken}`);
}

/** Ends a job that this worker still holds; 0 when its lease went to another. */
export function deleteJob(db: Db, id: string, leaseToken: string): Promise<number> {
  return db.run(sql`delete from job where id = ${id} and lease_token = ${leaseToken}`);
}

/** Gives a job back for a later moment. */
export async function postponeJob(
  db: Db,
  job: { id: string; leaseToken: string; runAt: Date; error: string | null; attempts: number },
): Promise<void> {
  await db.run(sql`
    update job set run_at = ${job.runAt}, lease_until = null, lease_token = null, last_error = ${job.error},
      attempts = ${job.attempts}
    where id = ${job.id} and lease_token = ${job.leaseToken}`);
}

/** Keeps a job that used up its attempts, for a person to look at. */
export async function buryJob(db: Db, id: string, leaseToken: string, error: string): Promise<void> {
  await db.run(sql`
    update job set state = 'dead', lease_until = null, lease_token = null, last_error = ${error},
      dedupe_key = null
    where id = ${id} and lease_token = ${leaseToken}`);
}

/** Hands over what a stopping worker still held. */
export async function releaseJobs(db: Db, leaseToken: string): Promise<void> {
  await db.run(sql`
    update job set lease_until = null, lease_token = null, attempts = greatest(attempts - 1, 0)
    where lease_token = ${leaseToken}`);
}

/** How jobs leave in a backup: as if the workers of that moment had handed over what they held. */
export const jobColumnsInBackup = {
  attempts: 'case when lease_token is null then attempts else greatest(attempts - 1, 0) end',
  lease_token: 'null',
  lease_until: 'null',
} as const;

export interface JobCounts {
  waiting: number;
  dead: number;
}

/** How many jobs wait and how many are dead. */
export function countJobs(db: Db): Promise<JobCounts> {
  return db.one<JobCounts>(sql`
    select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'dead') as dead
    from job`);
}

export interface DeadJobRow {
  id: string;
  environment_id: string | null;
  kind: string;
  attempts: number;
  last_error: string | null;
  created_at: string;
}

/** The newest dead jobs. */
export function listDeadJobs(db: Db, limit: number): Promise<DeadJobRow[]> {
  return db.many<DeadJobRow>(sql`
    select id, environment_id, kind, attempts, last_error, created_at from job
    where state = 'dead' order by id desc limit ${limit}`);
}

/** Puts a dead job, or all of them for null, back to work; returns how many. */
export function reviveJobs(db: Db, id: string | null, now: Date): Promise<number> {
  return db.run(sql`
    update job set state = 'waiting', attempts = 0, run_at = ${now}
    where state = 'dead' and (${id}::text is null or id = ${id})`);
}
