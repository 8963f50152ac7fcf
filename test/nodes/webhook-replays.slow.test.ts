// Replays beside transactions that hide events: what had not been handed out when a replay began is sent all the same.
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../harness.ts';
import { openSessions } from '../postgres.ts';
import { anEndpoint, useReceivers, within } from '../webhooks.ts';

const server = useServer();
const aReceiver = useReceivers();
const managed = '/management/webhook_endpoints';
let raw: Pool;

beforeAll(() => {
  raw = openSessions(server.database, 2);
  server.startJobs();
});

afterAll(() => raw.end());

/** Hides every event from now on until it is released. */
async function holdTransaction(): Promise<() => Promise<void>> {
  const session = await raw.connect();
  await session.query('begin');
  await session.query('select pg_current_xact_id()');
  let isHeld = true;
  return async () => {
    if (!isHeld) return;
    isHeld = false;
    await session.query('commit');
    session.release();
  };
}

const hourAgo = () => new Date(server.clock.now().getTime() - 3_600_000).toISOString();

/** Waits until the job of the replay has run and put itself off. */
const putOff = (replayId: string) =>
  vi.waitFor(async () => {
    const { rows } = await raw.query(
      `select 1 from job where payload ->> 'replay_id' = $1
         and run_at > (select created_at from webhook_replay where id = $1)`,
      [replayId],
    );
    expect(rows).toHaveLength(1);
  }, within);

const done = (api: typeof server.api, id: string) =>
  vi.waitFor(async () => {
    const { body } = await api.get(`/management/webhook_replays/${id}`);
    expect(body.state).toBe('done');
  }, within);

test.each(['made', 'enabled again'])(
  'an endpoint that is %s asks for what an older transaction still hides, and is sent it',
  async (how) => {
    const { api } = await server.addEnvironment('sandbox');
    const receiver = await aReceiver();
    const before = how === 'made' ? null : await anEndpoint(api, receiver.url);
    if (before) await api.patch(`/webhook_endpoints/${before.id}`, { status: 'disabled' });
    const release = await holdTransaction();
    try {
      await api.post('/organizations', { name: 'Hidden' });
      const { id } = before ?? (await anEndpoint(api, receiver.url));
      if (before) await api.patch(`/webhook_endpoints/${id}`, { status: 'enabled' });
      const { body: replay } = await api.post(`${managed}/${id}/redeliver`, { since: hourAgo() });
      await putOff(replay.id);
      expect((await api.get(`/management/webhook_replays/${replay.id}`)).body.state).toBe('running');
      await release();
      await vi.waitFor(() => expect(receiver.events()[0]?.data['name']).toBe('Hidden'), within);
      await done(api, replay.id);
      expect(receiver.received).toHaveLength(1);
    } finally {
      await release();
    }
  },
);

test('a replay of types that the endpoint has not chosen waits for hidden ones too', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  const { id } = await anEndpoint(api, receiver.url, ['user.created']);
  const release = await holdTransaction();
  try {
    await api.post('/organizations', { name: 'Asked for' });
    const { body: replay } = await api.post(`${managed}/${id}/redeliver`, {
      since: hourAgo(),
      events: ['organization.created'],
    });
    await putOff(replay.id);
  } finally {
    await release();
  }
  await vi.waitFor(() => expect(receiver.events()[0]?.data['name']).toBe('Asked for'), within);
});
