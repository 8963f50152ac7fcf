import { array, assert, asyncProperty, constantFrom, option, record } from 'fast-check';
import { expect, test } from 'vitest';
import { useServer } from '../harness.ts';

const server = useServer();

const request = record({
  key: option(constantFrom('a', 'b', 'c')),
  /** Two of the bodies share an external id, so one of them can be refused. */
  body: constantFrom(
    { name: 'Plain' },
    { name: 'First', external_id: 'shared' },
    { name: 'Second', external_id: 'shared' },
  ),
  path: constantFrom('/organizations', '/organizations?x=1'),
});

interface Kept {
  body: string;
  status: number;
  id: unknown;
}

/** What must happen: a key is answered once per body, and remembers refusals as it remembers successes. */
class Model {
  private readonly kept = new Map<string, Kept>();
  private isSharedTaken = false;
  count = 0;

  expect(key: string | null, body: { external_id?: string }): { status: number; first: Kept | null } {
    const text = JSON.stringify(body);
    const first = key === null ? undefined : this.kept.get(key);
    if (first) return { status: first.body === text ? first.status : 409, first };
    const isRefused = body.external_id !== undefined && this.isSharedTaken;
    if (isRefused) return { status: 400, first: null };
    this.count += 1;
    if (body.external_id !== undefined) this.isSharedTaken = true;
    return { status: 201, first: null };
  }

  keep(key: string | null, kept: Kept): void {
    if (key !== null) this.kept.set(key, kept);
  }
}

test('any sequence of requests with keys behaves as a list of keys and first answers says', async () => {
  await assert(
    asyncProperty(array(request, { maxLength: 8 }), async (requests) => {
      const environment = await server.addEnvironment('sandbox');
      const model = new Model();
      for (const { key, body, path } of requests) {
        const headers = key === null ? {} : { 'idempotency-key': key };
        const answer = await environment.api.post(path, body, { headers });
        const { status, first } = model.expect(key, body);
        expect(answer.status).toBe(status);
        const isReplay = first !== null && status !== 409;
        expect(answer.headers.get('idempotent-replayed')).toBe(isReplay ? 'true' : null);
        if (isReplay) expect(answer.body.id).toEqual(first.id);
        if (first === null) model.keep(key, { body: JSON.stringify(body), status, id: answer.body.id });
      }
      const { body } = await environment.api.get('/organizations?limit=100');
      expect(body.data).toHaveLength(model.count);
      const events = await environment.api.get('/events?limit=100&events=organization.created');
      expect(events.body.data).toHaveLength(model.count);
    }),
    { numRuns: 25 },
  );
}, 60_000);
