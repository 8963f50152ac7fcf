// R-11: dump, wipe, restore, start.
import { stat } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { readBackupHeader } from '../../src/platform/database/backup-file.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { sql } from '../../src/platform/database/sql.ts';
import { startWorker } from '../../src/platform/jobs/worker.ts';
import { createLog } from '../../src/platform/log.ts';
import { claimJobs, insertJobs } from '../../src/platform/jobs/store.ts';
import { defineJob } from '../../src/platform/jobs/jobs.ts';
import { z } from 'zod';
import { useServer } from '../harness.ts';
import {
  allMigrations,
  backUp,
  fingerprint,
  makeEmptyDatabase,
  openForCommand,
  restore,
} from './databases.ts';

const server = useServer();

const eventIds = async (after = ''): Promise<string[]> => {
  const { body } = await server.api.get(`/events?limit=100${after && `&after=${after}`}`);
  return body.data.map(({ id }: { id: string }) => id);
};

/** Wipes the server's own database and restores it, and starts another node on it. */
async function replace(path: string): Promise<void> {
  await restore(openForCommand(server.connection), path, { isReplacing: true, isForced: true });
}

test('after a restore: same rows, keys valid, replies kept, cursors go on, and what came later is gone', async () => {
  const organization = await server.api.post('/organizations', {
    name: 'Zeilen "und" \\ Zeichen \u{1F512}',
    metadata: { z: '1', a: '{"not": "parsed"}\n' },
    domain_data: [{ domain: 'backup-corp.com', state: 'pending' }],
  });
  const once = { headers: { 'idempotency-key': 'before' } };
  const kept = await server.api.post('/organizations', { name: 'Once' }, once);
  const before = await eventIds();
  const rows = await fingerprint(server.database);
  const path = await backUp(openForCommand(server.connection));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  // The stored reply is sealed.
  expect((await readBackupHeader(path)).key_ids).toEqual(['k1']);
  await server.api.post('/organizations', { name: 'Too late' });
  await server.api.delete(`/organizations/${organization.body.id}`);

  await replace(path);

  expect(await fingerprint(server.database)).toEqual(rows);
  const node = await server.startNode();
  const found = await node.api.get(`/organizations/${organization.body.id}`);
  expect([found.status, found.body]).toEqual([200, organization.body]);
  expect((await node.api.get('/organizations')).body.data).toHaveLength(2);
  expect((await node.api.post('/organizations', { name: 'Once' }, once)).body).toEqual(kept.body);
  expect(await eventIds()).toEqual(before);
  expect(await eventIds(before[1])).toEqual(before.slice(2));
  await node.api.post('/organizations', { name: 'After' });
  const fresh = await eventIds(before.at(-1));
  expect(fresh).toHaveLength(1);
  expect(await eventIds()).toEqual([...before, ...fresh]);
});

test('the order of events survives where the order of `seq` alone is another', async () => {
  const mark = (await eventIds()).at(-1);
  for (const name of ['A', 'B', 'C']) await server.api.post('/organizations', { name });
  const [a, b, c] = await eventIds(mark);
  // As if the second transaction had got its number first, and its `seq` last.
  await server.database.run(sql`
    update event set xid = case id when ${a} then '5' when ${b} then '4' else '6' end::xid8
    where id = any(${[a, b, c]})`);
  const order = async (): Promise<string[]> => (await eventIds()).filter((id) => [a, b, c].includes(id));
  expect(await order()).toEqual([b, a, c]);
  await replace(await backUp(openForCommand(server.connection)));
  expect(await order()).toEqual([b, a, c]);
  const numbers = await server.database.many<{ xid: string }>(
    sql`select distinct xid::text as xid from event`,
  );
  expect(numbers).toEqual([{ xid: '0' }]);
});

test('jobs that a worker held are free at once, those that are done stay done, and each runs once', async () => {
  const done: string[] = [];
  const kind = defineJob({
    kind: 'test.deliver',
    payload: z.object({ name: z.string() }),
    maxAttempts: 3,
    perform: ({ name }) => Promise.resolve(void done.push(name)),
  });
  const add = (name: string) => ({
    id: `job_${name}`,
    environment_id: null,
    kind: kind.kind,
    payload: { name },
    run_at: server.clock.now(),
    max_attempts: 3,
    dedupe_key: null,
  });
  const { database, clock } = server;
  const deliver = async (count: number): Promise<void> => {
    const log = createLog('silent');
    const worker = startWorker({
      database,
      clock,
      log,
      kinds: [kind],
      findEnvironment: () => Promise.resolve(null),
    });
    await vi.waitFor(() => expect(done).toHaveLength(count), { timeout: 10_000 });
    await worker.stop(5_000);
  };
  await insertJobs(database, [add('first')]);
  await deliver(1);
  await insertJobs(database, [add('held')]);
  const claim = { kinds: [kind.kind], now: clock.now(), leaseSeconds: 600, limit: 1, except: [] };
  expect(await claimJobs(database, { ...claim, leaseToken: 'of a server that is gone' })).toHaveLength(1);
  await replace(await backUp(openForCommand(server.connection)));
  await deliver(2);
  expect(done).toEqual(['first', 'held']);
});

test('a restore into an empty database gives the same rows, and its own backup the same lines', async () => {
  const path = await backUp(openForCommand(server.connection));
  const target = await makeEmptyDatabase();
  const { rows, applied } = await restore(target, path);
  expect(applied).toEqual([]);
  expect(rows['organization']).toBeGreaterThan(0);
  expect(await fingerprint(target)).toEqual(await fingerprint(server.database));
  const place = await target.many<{ place: string }>(sql`
    select distinct tableoid::regclass::text as place from event`);
  expect(place).toEqual([
    { place: `event_${server.clock.now().toISOString().slice(0, 7).replace('-', '_')}` },
  ]);
});

test('a backup of an older version is restored with its migrations and then brought up to date', async () => {
  const migrations = await allMigrations();
  const source = await makeEmptyDatabase();
  await migrate(source.pool, migrations.slice(0, 3), createLog('silent'));
  await source.run(sql`
    insert into environment (id, name, kind, client_id, created_at, updated_at)
    values ('environment_old', 'Old', 'sandbox', 'client_old', now(), now())`);
  const target = await makeEmptyDatabase();
  const { applied } = await restore(target, await backUp(source));
  expect(applied).toEqual(migrations.slice(3).map(({ name }) => name));
  const rows = await target.many<{ id: string }>(sql`select id from environment`);
  expect(rows).toEqual([{ id: 'environment_old' }]);
});

test('a backup is one moment, however much is written meanwhile', async () => {
  const writing = new AbortController();
  const write = async (): Promise<void> => {
    while (!writing.signal.aborted) await server.api.post('/organizations', { name: 'Busy' });
  };
  const writers = [write(), write(), write()];
  const target = await makeEmptyDatabase();
  try {
    await restore(target, await backUp(openForCommand(server.connection)));
  } finally {
    writing.abort();
    await Promise.all(writers);
  }
  const torn = await target.many<{ id: string }>(sql`
    select id from organization where name = 'Busy' and not exists (
      select from event where type = 'organization.created' and organization_id = organization.id)`);
  expect(torn).toEqual([]);
});
