import { expect, test } from 'vitest';
import { createTestDatabase, useDatabase } from '../../../test/postgres.ts';
import { sql } from '../database/sql.ts';
import { maintainEventPartitions } from './partitions.ts';
import { insertionOfEvents } from './store.ts';

const opened = useDatabase(createTestDatabase);

const partitions = async (): Promise<string[]> => {
  const rows = await opened.database.many<{ name: string }>(sql`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event'::regclass order by 1`);
  return rows.map(({ name }) => name);
};

const addEvent = (id: string, created_at: Date) =>
  opened.database.run(
    insertionOfEvents([
      { id, environment_id: 'e', type: 't', organization_id: null, data: {}, context: {}, created_at },
    ]),
  );

const maintain = (now: string) =>
  opened.database.transaction((db) => maintainEventPartitions(db, new Date(now)));

test('this month and the next two have partitions, however many nodes make them at once', async () => {
  await Promise.all([1, 2, 3, 4].map(() => maintain('2026-11-22T00:00:00Z')));
  expect(await partitions()).toEqual(['event_2026_11', 'event_2026_12', 'event_2027_01', 'event_default']);
});

test('what a jump of the clock put aside moves into its partition, and can be read all along', async () => {
  await addEvent('event_far', new Date('2027-06-15T00:00:00Z'));
  await maintain('2027-06-20T00:00:00Z');
  const rows = await opened.database.many<{ place: string }>(sql`
    select tableoid::regclass::text as place from event where id = 'event_far'`);
  expect(rows).toEqual([{ place: 'event_2027_06' }]);
});

test('a partition is dropped when its last event has passed 90 days, not before', async () => {
  await maintain('2027-05-01T00:00:00Z');
  expect(await partitions()).toContain('event_2027_05');
  await maintain('2027-08-28T00:00:00Z');
  expect(await partitions()).toContain('event_2027_05');
  await maintain('2027-08-30T00:00:00Z');
  expect(await partitions()).not.toContain('event_2027_05');
  expect(await partitions()).toContain('event_2027_06');
});
