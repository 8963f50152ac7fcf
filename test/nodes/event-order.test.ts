import { randomBytes, randomInt } from 'node:crypto';
import type { Client, Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdSequence } from '../../src/lib/id.ts';
import { createClient } from '../client.ts';
import { type TestEnvironment, useServer } from '../harness.ts';
import { openSessions } from '../postgres.ts';
import { waitUntil } from '../wait.ts';

const server = useServer();
let raw: Pool;

beforeAll(() => {
  raw = openSessions(server.database, 10);
});

afterAll(() => raw.end());

const organization = {
  object: 'organization',
  id: 'org_01EHZNVPK3SFK441A1RGBFSHRT',
  name: 'Ordered',
  domains: [],
  metadata: {},
  external_id: null,
  allow_profiles_outside_organization: false,
  created_at: '2026-01-15T12:00:00.000Z',
  updated_at: '2026-01-15T12:00:00.000Z',
};

type Session = Pick<Client | PoolClient, 'query'>;

async function inSessions<Value>(work: (a: Session, b: Session) => Promise<Value>): Promise<Value> {
  const [a, b] = await Promise.all([raw.connect(), raw.connect()]);
  try {
    return await work(a, b);
  } finally {
    a.release();
    b.release();
  }
}

const takeXid = (session: Session) => session.query('select pg_current_xact_id()');

/** Writes an event in the session's transaction, which takes its `seq` now; returns its id. */
async function write(session: Session, environmentId: string): Promise<string> {
  const now = new Date();
  const id = createIdSequence(now.getTime(), randomBytes(16))('event');
  await session.query(
    `insert into event (environment_id, id, type, data, context, created_at)
     values ($1, $2, 'organization.created', $3, '{}', $4)`,
    [environmentId, id, organization, now],
  );
  return id;
}

/** A consumer: keeps the id that it saw last and asks for what comes after. */
function createReader({ apiKey }: TestEnvironment) {
  // Not the client of the environment, which waits until events are settled.
  const api = createClient(server.url, apiKey);
  const seen: string[] = [];
  return {
    seen,
    async read(): Promise<string[]> {
      const last = seen.at(-1);
      const after = last === undefined ? '' : `&after=${last}`;
      const { status, body } = await api.get(`/events?limit=7${after}`);
      expect(status).toBe(200);
      const ids = body.data.map(({ id }: { id: string }) => id);
      seen.push(...ids);
      return ids;
    },
  };
}

describe('a reader that follows the cursor misses nothing (DESIGN decision 6)', () => {
  test('A takes its xid, B takes a lower seq, A commits, read, B commits, read', async () => {
    const environment = await server.addEnvironment('sandbox');
    const reader = createReader(environment);
    await inSessions(async (a, b) => {
      await a.query('begin');
      await takeXid(a);
      await b.query('begin');
      const ofB = await write(b, environment.id);
      const ofA = await write(a, environment.id);
      await a.query('commit');
      await waitUntil('A is read', async () => {
        await reader.read();
        return reader.seen.includes(ofA);
      });
      await b.query('commit');
      await waitUntil('B is read', async () => {
        await reader.read();
        return reader.seen.includes(ofB);
      });
      expect(reader.seen).toEqual([ofA, ofB]);
      const { body } = await environment.api.get('/events?order=desc');
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual([ofB, ofA]);
    });
  });

  test('B takes its xid first and commits last: A stays out of sight until B has ended', async () => {
    for (const ending of ['commit', 'rollback'] as const) {
      const environment = await server.addEnvironment('sandbox');
      const reader = createReader(environment);
      await inSessions(async (a, b) => {
        await b.query('begin');
        await takeXid(b);
        await a.query('begin');
        const ofA = await write(a, environment.id);
        await a.query('commit');
        for (let again = 0; again < 5; again += 1) expect(await reader.read()).toEqual([]);
        const ofB = await write(b, environment.id);
        await b.query(ending);
        const expected = ending === 'commit' ? [ofB, ofA] : [ofA];
        await waitUntil('all is read', async () => {
          await reader.read();
          return reader.seen.length >= expected.length;
        });
        expect(reader.seen).toEqual(expected);
      });
    }
  });
});

const pause = (longestMs: number) => new Promise((resolve) => setTimeout(resolve, randomInt(longestMs)));

/** One writer: transactions of one to three events, slow, fast, early or late with their xid, some rolled back. */
async function writeAtRandom(environmentId: string, committed: Set<string>): Promise<void> {
  const session = await raw.connect();
  for (let turn = 0; turn < 25; turn += 1) {
    const ids: string[] = [];
    await session.query('begin');
    if (randomInt(2) === 0) await takeXid(session);
    await pause(8);
    for (let count = randomInt(3); count >= 0; count -= 1) {
      ids.push(await write(session, environmentId));
      await pause(4);
    }
    const isKept = randomInt(4) > 0;
    await session.query(isKept ? 'commit' : 'rollback');
    if (isKept) for (const id of ids) committed.add(id);
  }
  session.release();
}

test('with eight writers at random, two readers see every committed event once, in one and the same order', async () => {
  const environment = await server.addEnvironment('sandbox');
  const committed = new Set<string>();
  const readers = [createReader(environment), createReader(environment)];
  const state = { isWriting: true };
  const following = readers.map(async (reader) => {
    while (state.isWriting || reader.seen.length < committed.size) {
      await reader.read();
      await pause(10);
    }
  });
  await Promise.all(Array.from({ length: 8 }, () => writeAtRandom(environment.id, committed)));
  state.isWriting = false;
  await Promise.all(following);
  const afterwards = createReader(environment);
  while ((await afterwards.read()).length > 0);
  for (const { seen } of readers) {
    expect(seen).toEqual(afterwards.seen);
    expect(new Set(seen).size).toBe(seen.length);
    expect(new Set(seen)).toEqual(committed);
  }
});
