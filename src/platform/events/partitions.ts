import assert from 'node:assert/strict';
import type { Db } from '../database/database.ts';
import { rawSql, sql } from '../database/sql.ts';

/** Events are kept for this long (spec/enterprise 8.2). */
export const eventRetentionDays = 90;

const dayMs = 86_400_000;
const lockKey = 6_240_177;

/** The oldest moment whose events are still answered. */
export function eventHorizon(now: Date): Date {
  return new Date(now.getTime() - eventRetentionDays * dayMs);
}

/**
 * Makes the monthly partitions for this month and the next two, and drops those that lie wholly before the
 * retention. Safe to run at any time and by many nodes at once.
 */
export async function maintainEventPartitions(db: Db, now: Date): Promise<void> {
  await db.run(sql`select pg_advisory_xact_lock(${lockKey})`);
  const existing = await partitionNames(db);
  for (const offset of [0, 1, 2]) {
    const month = monthStart(now, offset);
    if (!existing.includes(partitionName(month))) await createPartition(db, month);
  }
  const horizon = eventHorizon(now);
  for (const name of existing) {
    const end = partitionEnd(name);
    if (end && end <= horizon) await db.run(rawSql(`drop table ${name}`));
  }
  await db.run(sql`delete from event_default where created_at < ${horizon}`);
}

/** The months that have a partition, as `2026-01`, in order. */
export async function listEventMonths(db: Db): Promise<string[]> {
  const months = (await partitionNames(db)).map((name) => partitionStart(name)?.toISOString().slice(0, 7));
  return months.filter((month) => month !== undefined).sort();
}

/** Makes the partitions of these months (`2026-01`), which must have none. */
export async function createEventMonths(db: Db, months: readonly string[]): Promise<void> {
  for (const month of months) {
    assert(/^\d{4}-(0[1-9]|1[0-2])$/.test(month), `no month: ${month}`);
    await createPartition(db, new Date(`${month}-01T00:00:00Z`));
  }
}

async function createPartition(db: Db, from: Date): Promise<void> {
  const name = partitionName(from);
  const to = monthStart(from, 1);
  // Rows that a jump of the clock put into the default partition move into their own.
  await db.run(rawSql(`create table ${name} (like event including defaults including constraints)`));
  await db.run(
    sql`with moved as (delete from event_default where created_at >= ${from} and created_at < ${to} returning *)
        insert into ${rawSql(name)} select * from moved`,
  );
  await db.run(
    rawSql(
      `alter table event attach partition ${name} for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
    ),
  );
}

async function partitionNames(db: Db): Promise<string[]> {
  const rows = await db.many<{ name: string }>(sql`
    select child.relname::text as name from pg_inherits
    join pg_class child on child.oid = inhrelid
    where inhparent = 'event'::regclass and child.relname <> 'event_default'`);
  return rows.map((row) => row.name);
}

function monthStart(date: Date, offset: number): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1));
}

const partitionName = (month: Date): string => `event_${month.toISOString().slice(0, 7).replace('-', '_')}`;

function partitionStart(name: string): Date | null {
  const match = /^event_(\d{4})_(\d{2})$/.exec(name);
  return match ? new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, 1)) : null;
}

function partitionEnd(name: string): Date | null {
  const start = partitionStart(name);
  return start && monthStart(start, 1);
}
