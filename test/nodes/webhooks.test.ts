// Webhooks on several nodes, and beside transactions that take their time: each event is queued once, and none is skipped.
import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fanOut } from '../../src/capabilities/webhooks/fan-out/fan-out.ts';
import { createIdSequence } from '../../src/lib/id.ts';
import { startServer, useServer } from '../harness.ts';
import { openSessions } from '../postgres.ts';
import { anEndpoint, useReceivers, within } from '../webhooks.ts';

const server = useServer();
const aReceiver = useReceivers();
let raw: Pool;

beforeAll(() => {
  raw = openSessions(server.database, 10);
});

afterAll(() => raw.end());

async function write(session: PoolClient | Pool, environmentId: string): Promise<string> {
  const now = new Date();
  const id = createIdSequence(now.getTime(), randomBytes(16))('event');
  await session.query(
    `insert into event (environment_id, id, type, data, context, created_at)
     values ($1, $2, 'organization.created', '{}', '{}', $3)`,
    [environmentId, id, now],
  );
  return id;
}

const begin = async (): Promise<PoolClient> => {
  const session = await raw.connect();
  await session.query('begin');
  await session.query('select pg_current_xact_id()');
  return session;
};

const commit = async (session: PoolClient): Promise<void> => {
  await session.query('commit');
  session.release();
};

const queued = async (endpointId: string): Promise<string[]> => {
  const { rows } = await raw.query<{ event_id: string }>(
    'select event_id from webhook_delivery where endpoint_id = $1 order by sequence',
    [endpointId],
  );
  return rows.map(({ event_id: id }) => id);
};

/** Until nothing is left that an older transaction hides; other test files run theirs beside. */
async function fanOutAll(environmentId: string): Promise<void> {
  await server.settle();
  await fanOut(server, [environmentId]);
}

test('A takes its xid, B a lower seq, A commits, B commits: both are queued, in the order of GET /events', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  const endpoint = await anEndpoint(api, 'http://127.0.0.1:9/order');
  const b = await begin();
  const a = await begin();
  const early = await write(a, id);
  const late = await write(b, id);
  await commit(a);
  await fanOut(server, [id]);
  // Hidden behind B, which may still write before it.
  expect(await queued(endpoint.id)).toEqual([]);
  await commit(b);
  await fanOutAll(id);
  expect(await queued(endpoint.id)).toEqual([late, early]);
});

test('the order is that of numbers: 9, 10, 99, 100', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  const endpoint = await anEndpoint(api, 'http://127.0.0.1:9/numbers');
  const written: string[] = [];
  for (const xid of ['9', '10', '99', '100']) {
    written.push(await write(raw, id));
    await raw.query('update event set xid = $2::xid8 where id = $1', [written.at(-1), xid]);
  }
  await raw.query(`update event_cursor set xid = '5' where environment_id = $1`, [id]);
  await raw.query('update webhook_endpoint set since = null where id = $1', [endpoint.id]);
  await fanOutAll(id);
  expect(await queued(endpoint.id)).toEqual(written);
  const { rows } = await raw.query('select xid::text as xid from event_cursor where environment_id = $1', [
    id,
  ]);
  expect(rows).toEqual([{ xid: '100' }]);
});

test('an endpoint made in the middle of a transaction hears of what that transaction commits later', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  await write(raw, id);
  const running = await begin();
  const told = await write(running, id);
  const committed = await write(raw, id);
  const endpoint = await anEndpoint(api, 'http://127.0.0.1:9/middle');
  await commit(running);
  const after = await write(raw, id);
  await fanOutAll(id);
  expect(await queued(endpoint.id)).toEqual([told, after]);
  expect(await queued(endpoint.id)).not.toContain(committed);
  const { rows } = await raw.query('select since from webhook_endpoint where id = $1', [endpoint.id]);
  expect(rows).toEqual([{ since: null }]);
});

test('many nodes queue each event once, with numbers that have no gap', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  const endpoint = await anEndpoint(api, 'http://127.0.0.1:9/many');
  const written: string[] = [];
  const done = new AbortController();
  const writing = (async () => {
    for (let count = 0; count < 400; count += 1) written.push(await write(raw, id));
    done.abort();
  })();
  const node = async () => {
    while (!done.signal.aborted) await fanOut(server, [id]);
  };
  await Promise.all([writing, node(), node(), node(), node()]);
  await fanOutAll(id);
  expect(await queued(endpoint.id)).toEqual(written);
  const { rows } = await raw.query(
    'select sequence from webhook_delivery where endpoint_id = $1 order by 1',
    [endpoint.id],
  );
  expect(rows.map(({ sequence }) => Number(sequence))).toEqual(written.map((_, index) => index + 1));
});

test('two nodes send what is queued, each delivery once', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  await anEndpoint(api, receiver.url);
  server.startJobs();
  server.startJobs();
  const names = Array.from({ length: 200 }, (_, index) => `Shared ${index}`);
  for (let at = 0; at < names.length; at += 20) {
    await Promise.all(names.slice(at, at + 20).map((name) => api.post('/organizations', { name })));
  }
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(200), within);
  expect(
    receiver
      .events()
      .map(({ data }) => data['name'])
      .sort(),
  ).toEqual(names.toSorted());
});

test('behind a pooler, where statements have no names and nobody is woken, events are sent all the same', async () => {
  const pooled = await startServer({ isDirect: false });
  try {
    const receiver = await aReceiver();
    const { id } = await anEndpoint(pooled.api, receiver.url);
    receiver.behave((response) => response.writeHead(receiver.received.length > 1 ? 200 : 500).end());
    const worker = pooled.startJobs();
    await pooled.api.post('/organizations', { name: 'Pooled' });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), within);
    await vi.waitFor(async () => {
      const { body } = await pooled.api.get(`/management/webhook_endpoints/${id}/deliveries`);
      expect(body.data[0].attempt_count).toBe(1);
    }, within);
    pooled.clock.setOffset(12_000);
    worker.wake();
    await vi.waitFor(async () => {
      const { body } = await pooled.api.get(`/management/webhook_endpoints/${id}/deliveries?state=delivered`);
      expect(body.data).toHaveLength(1);
    }, within);
  } finally {
    await pooled.close();
  }
});
