import { beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../src/platform/database/sql.ts';
import { type TestClient, type TestResponse, createClient } from '../client.ts';
import { useServer } from '../harness.ts';

const server = useServer();
let nodes: readonly TestClient[];
let secondUrl: string;

beforeAll(async () => {
  const second = await server.startNode();
  secondUrl = second.url;
  nodes = [server.api, second.api];
});

/** The clients of both nodes in turn, `count` of them. */
const inTurn = (count: number): TestClient[] =>
  Array.from({ length: count }, (_, index) => nodes[index % nodes.length] ?? server.api);

/** Asks again after a 503, as the SDKs do: with the machine busy, the wait for a connection can run out. */
async function untilAnswered(ask: () => Promise<TestResponse>): Promise<TestResponse> {
  let answer = await ask();
  while (answer.status === 503) answer = await ask();
  return answer;
}

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

async function countOrganizations(name: string): Promise<{ rows: number; events: number }> {
  return server.database.one(sql`
    select (select count(*) from organization where name = ${name}) as rows,
      (select count(*) from event where type = 'organization.created' and data->>'name' = ${name}) as events`);
}

describe('an Idempotency-Key (L-02)', () => {
  test('used 50 times at once over two nodes has one effect, one event, and one reply for all', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `Parallel ${round}`;
      const answers = await Promise.all(
        inTurn(50).map((api) => untilAnswered(() => api.post('/organizations', { name }, keyed(name)))),
      );
      expect([
        ...new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)),
      ]).toHaveLength(1);
      expect(answers[0]?.status).toBe(201);
      expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
      expect(await countOrganizations(name)).toEqual({ rows: 1, events: 1 });
    }
  });

  test('with another body answers 409, however the bodies race, and the first stays in force', async () => {
    for (let round = 0; round < 10; round += 1) {
      const names = [`Left ${round}`, `Right ${round}`];
      const answers = await Promise.all(
        inTurn(10).map((api, index) =>
          untilAnswered(() =>
            api.post('/organizations', { name: names[index % 2] }, keyed(`bodies-${round}`)),
          ),
        ),
      );
      const made = answers.filter(({ status }) => status === 201);
      expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
      for (const { status, body } of answers.filter((answer) => !made.includes(answer))) {
        expect([status, body.code]).toEqual([409, 'idempotency_key_conflict']);
      }
      expect(made).toHaveLength(5);
    }
  });

  test('counts per environment and per path', async () => {
    const first = await server.api.post('/organizations', { name: 'Scoped' }, keyed('scope'));
    const elsewhere = await server.other.api.post('/organizations', { name: 'Elsewhere' }, keyed('scope'));
    const domain = { organization_id: first.body.id, domain: 'scope-corp.com' };
    const otherPath = await server.api.post('/organization_domains', domain, keyed('scope'));
    expect([first.status, elsewhere.status, otherPath.status]).toEqual([201, 201, 201]);
    expect(otherPath.headers.get('idempotent-replayed')).toBeNull();
  });

  test('keeps a refusal that the caller caused', async () => {
    const holder = await server.api.post('/organizations', { name: 'Holder', external_id: 'kept' });
    const input = { name: 'Refused', external_id: 'kept' };
    const refused = await server.api.post('/organizations', input, keyed('refused'));
    expect([refused.status, refused.body.code]).toEqual([400, 'external_id_already_used']);
    expect((await server.api.delete(`/organizations/${holder.body.id}`)).status).toBe(202);
    const again = await inTurn(2)[1]?.post('/organizations', input, keyed('refused'));
    expect([again?.status, again?.body]).toEqual([400, refused.body]);
    expect(again?.headers.get('idempotent-replayed')).toBe('true');
    expect((await server.api.post('/organizations', input)).status).toBe(201);
  });

  test('does not keep a failure of ours', async () => {
    await server.database.run(sql`alter table organization rename to organization_away`);
    const failed = await server.api.post('/organizations', { name: 'Failed' }, keyed('failed'));
    await server.database.run(sql`alter table organization_away rename to organization`);
    expect(failed.status).toBe(500);
    const again = await server.api.post('/organizations', { name: 'Failed' }, keyed('failed'));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect(await countOrganizations('Failed')).toEqual({ rows: 1, events: 1 });
  });

  test('keeps nothing of a request that was refused before it was tried', async () => {
    const invalid = await server.api.post('/organizations', { name: '' }, keyed('invalid'));
    expect(invalid.status).toBe(422);
    const valid = await server.api.post('/organizations', { name: 'Valid' }, keyed('invalid'));
    expect(valid.status).toBe(201);
  });

  test.each([
    ['empty', ''],
    ['256 characters long', 'k'.repeat(256)],
  ])('that is %s answers 422', async (_, key) => {
    const { status, body } = await server.api.post('/organizations', { name: 'Bad key' }, keyed(key));
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
  });

  test('is free again after 24 hours, not before, and again has one effect on both nodes', async () => {
    const input = { name: 'Daily' };
    const first = await server.api.post('/organizations', input, keyed('daily'));
    try {
      server.clock.setOffset(86_400_000 - 5_000);
      const early = await server.api.post('/organizations', input, keyed('daily'));
      expect(early.body.id).toBe(first.body.id);
      server.clock.setOffset(86_400_000 + 5_000);
      const late = await Promise.all(
        inTurn(20).map((api) => untilAnswered(() => api.post('/organizations', input, keyed('daily')))),
      );
      expect(new Set(late.map(({ body }) => body.id)).size).toBe(1);
      expect(late[0]?.body.id).not.toBe(first.body.id);
      expect(await countOrganizations('Daily')).toEqual({ rows: 2, events: 2 });
    } finally {
      server.clock.setOffset(0);
    }
  });
});

test('of two organizations with one external id, made on two nodes at once, one is there', async () => {
  for (let round = 0; round < 100; round += 1) {
    const input = { name: `External ${round}`, external_id: `race-${round}` };
    const answers = await Promise.all(inTurn(2).map((api) => api.post('/organizations', input)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    expect(answers.find(({ status }) => status === 400)?.body.code).toBe('external_id_already_used');
    expect(await countOrganizations(input.name)).toEqual({ rows: 1, events: 1 });
  }
});

test('of two deletions on two nodes at once, one deletes and one finds nothing, with one event', async () => {
  for (let round = 0; round < 50; round += 1) {
    const { body } = await server.api.post('/organizations', { name: `Twice ${round}` });
    const answers = await Promise.all(inTurn(2).map((api) => api.delete(`/organizations/${body.id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 404]);
    const { count } = await server.database.one<{ count: number }>(sql`
      select count(*) as count from event where type = 'organization.deleted' and data->>'id' = ${body.id}`);
    expect(count).toBe(1);
  }
});

test('updates of one organization on two nodes at once all happen, one after the other', async () => {
  const { body } = await server.api.post('/organizations', { name: 'Updates' });
  const answers = await Promise.all(
    inTurn(30).map((api, index) =>
      untilAnswered(() => api.put(`/organizations/${body.id}`, { metadata: { [`k${index}`]: 'v' } })),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { body: final } = await server.api.get(`/organizations/${body.id}`);
  expect(Object.keys(final.metadata)).toHaveLength(30);
});

test('a key revoked on one node is refused on the other at once, also in the middle of a burst', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { body: key } = await server.api.post('/management/api_keys', { name: `Revoked ${round}` });
    const holder = createClient(secondUrl, key.value);
    expect((await holder.get('/organizations')).status).toBe(200);
    const burst = Array.from({ length: 20 }, () => holder.get('/organizations'));
    expect((await server.api.delete(`/management/api_keys/${key.id}`)).status).toBe(204);
    const after = await Promise.all(Array.from({ length: 5 }, () => holder.get('/organizations')));
    expect(after.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    for (const { status } of await Promise.all(burst)) expect([200, 401]).toContain(status);
  }
});
