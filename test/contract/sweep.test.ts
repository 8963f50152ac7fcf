// Threats over everything that can be called: what holds for one operation holds for all.
import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../harness.ts';
import {
  type Objects,
  type Request,
  type Route,
  call,
  callersOf,
  fill,
  hashRows,
  isPaged,
  makeObjects,
  namesObject,
  routes,
  unknownObjects,
  validBody,
} from './sweep.ts';

const server = useServer();
let objects: Objects;

beforeAll(async () => {
  objects = await makeObjects(server);
});

const named = (all: readonly Route[]) => all.map((route) => [route.name, route] as const);
const takes = (kind: Route['operation']['principals'][number]) => (route: Route) =>
  route.operation.principals.includes(kind);
const closed = routes.filter((route) => !takes('none')(route));
const ask = ({ operation }: Route, path: string, options: Pick<Request, 'key' | 'body'>) =>
  call(server.url, { method: operation.method, protocol: operation.protocol, path, ...options });
const anyBody = ({ operation }: Route) => (operation.body === null ? undefined : {});
const unknownPath = (route: Route) => fill(route, unknownObjects);

test('the sweep covers what the server serves', () => {
  const served = server.app.operations.map(({ id }) => id);
  expect([...new Set(routes.map(({ operation }) => operation.id))]).toEqual(served);
});

describe('without a valid credential', () => {
  const credentials = [null, 'sk_test_unknown', 'sk_admin_unknown', 'hello', 'Basic c2tfdGVzdA==', 'Bearer '];

  test.each(named(closed))('%s answers 401 and changes nothing', async (_, route) => {
    const before = await hashRows(server);
    for (const key of credentials) {
      const answer = await ask(route, fill(route, { ...unknownObjects, ...objects }), {
        key,
        body: anyBody(route),
      });
      expect([answer.status, answer.body.code], String(key)).toEqual([401, 'unauthorized']);
    }
    expect(await hashRows(server)).toBe(before);
  });
});

describe("with another environment's key", () => {
  const inside = closed.filter(({ operation }) => operation.environmentFrom === 'principal');
  const byId = inside.filter(namesObject);

  test.each(named(byId))('%s answers as for an id that nobody has, and changes nothing', async (_, route) => {
    const before = await hashRows(server);
    for (const { key, prefix } of callersOf(route, server, server.other)) {
      const answerOf = async (ids: Objects) => {
        const path = prefix + fill(route, ids);
        const body = validBody(route, ids);
        const { status, text } = await ask(route, path, { key, body });
        const anonymous = Object.values(ids).reduce((rest, id) => rest.replaceAll(id, '<id>'), text);
        return [status, anonymous];
      };
      const [status, text] = await answerOf(objects);
      expect(status, String(text)).toBe(404);
      expect([status, text]).toEqual(await answerOf(unknownObjects));
    }
    expect(await hashRows(server)).toBe(before);
  });

  const lists = inside.filter((route) => route.operation.method === 'GET' && !namesObject(route));

  test.each(named(lists))('%s shows nothing of this environment', async (_, route) => {
    for (const { key, prefix } of callersOf(route, server, server.other)) {
      const { status, text } = await ask(route, prefix + route.path, { key });
      expect(status, text).toBe(200);
      for (const id of Object.values(objects)) expect(text).not.toContain(`"${id}"`);
    }
  });

  const paged = inside.filter((route) => isPaged(route) && !route.path.includes('{'));

  test.each(named(paged))('%s knows no cursor of this environment', async (_, route) => {
    const own = await server.api.get(fill(route, objects, 'limit=1'));
    const cursor = String(own.body.data[0]?.id ?? objects['organizations']);
    const answerTo = async (after: string) => {
      const { status, text } = await ask(route, fill(route, objects, `after=${after}`), {
        key: server.other.apiKey,
      });
      return [status, text];
    };
    const foreign = await answerTo(cursor);
    expect(foreign[0]).toBe(422);
    expect(foreign).toEqual(await answerTo(unknownObjects['organizations'] ?? ''));
  });
});

describe('with the wrong kind of key', () => {
  const refusals = [
    ...closed
      .filter((route) => !takes('install')(route))
      .map((route) => ({ route, kind: 'install' as const })),
    ...closed
      .filter((route) => !takes('api_key')(route))
      .map((route) => ({ route, kind: 'api_key' as const })),
  ];

  test.each(refusals.map(({ route, kind }) => [kind, route.name, route] as const))(
    'the kind %s on %s answers 403',
    async (kind, _, route) => {
      const answer = await ask(route, unknownPath(route), {
        key: kind === 'install' ? server.installKey : server.apiKey,
        body: anyBody(route),
      });
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    },
  );

  const inEnvironment = closed.filter(
    (route) => takes('install')(route) && route.operation.environmentFrom === 'principal',
  );

  test.each(named(inEnvironment))(
    'an install key that names no environment is told so: %s',
    async (_, route) => {
      const answer = await ask(route, unknownPath(route), {
        key: server.installKey,
        body: anyBody(route),
      });
      expect([answer.status, answer.body.code]).toEqual([400, 'environment_required']);
    },
  );
});

describe('malformed input', () => {
  const malformed: readonly (readonly [string, string])[] = [
    ['an array', '[]'],
    ['a string', '"name"'],
    ['a number', '7'],
    ['text that is no JSON', '{"name":'],
    ['100 levels', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['100,000 brackets', '['.repeat(100_000)],
    ['__proto__', '{"name":"A","__proto__":{"isAdmin":true}}'],
    ['a key twice', '{"name":"A","name":"B"}'],
    ['NUL', '{"name":"\\u0000","origin":"\\u0000","uri":"\\u0000","domain":"\\u0000"}'],
    ['half a surrogate pair', '{"name":"\\ud800"}'],
    ['an operator', '{"name":{"$gt":""},"origin":{"$gt":""},"uri":{"$gt":""},"organization_id":{"$gt":""}}'],
    ['a number out of range', '{"name":1e999}'],
    ['300 kB', `{"name":"${'a'.repeat(300_000)}"}`],
  ];
  const callerOf = (route: Route) => callersOf(route, server, server)[0] ?? { key: '', prefix: '' };
  // An operation that takes neither body nor id does not look at what is sent with it.
  const writing = routes.filter(
    ({ operation, path }) => operation.method !== 'GET' && (operation.body !== null || path.includes('{')),
  );

  test.each(named(writing))(
    '%s refuses what is no body of its own, and changes nothing',
    async (_, route) => {
      const before = await hashRows(server);
      for (const [what, body] of malformed) {
        const { key, prefix } = callerOf(route);
        const path = prefix + unknownPath(route);
        const { status } = await ask(route, path, { key, body });
        expect(status, what).toBeGreaterThanOrEqual(400);
        expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
      }
      expect(await hashRows(server)).toBe(before);
    },
  );

  const queries = [
    'limit=0',
    'limit=101',
    'limit=1e1',
    'limit=1&limit=2',
    'order=random',
    'after=nobody',
    'before=org_01HZZZZZZZZZZZZZZZZZZZZZZZ&after=org_01HZZZZZZZZZZZZZZZZZZZZZZZ',
    'after[]=a&after[]=b',
    'after=%00',
    `after=${'x'.repeat(200)}`,
  ];
  const paged = routes.filter(isPaged);

  test.each(named(paged))('%s refuses malformed pages with 422', async (_, route) => {
    const { key, prefix } = callerOf(route);
    for (const query of queries) {
      const { status } = await ask(route, prefix + fill(route, objects, query), { key });
      expect(status, query).toBe(422);
    }
  });

  const asking = routes.filter(({ operation, path }) => operation.query !== null && !path.includes('{'));

  test.each(named(asking))('%s refuses a query that cannot be stored', async (_, route) => {
    const { key, prefix } = callerOf(route);
    const { status } = await ask(route, `${prefix}${route.path}?search=%00`, { key });
    expect(status).toBe(422);
  });

  const ids = [
    '%00',
    '%F0%9F%98%80',
    '%E0%A4%A',
    'x'.repeat(5_000),
    "'%20or%201=1--",
    '..%2F..%2Fetc',
    '{id}',
  ];
  const byId = routes.filter(({ path }) => path.includes('{'));

  test.each(named(byId))('%s refuses ids that are none', async (_, route) => {
    const { key, prefix } = callerOf(route);
    const body = validBody(route, unknownObjects);
    for (const id of ids) {
      const path = prefix + route.path.replace(/\{\w+\}/g, id);
      const { status } = await ask(route, path, { key, body });
      expect(status, id).toBeGreaterThanOrEqual(400);
    }
  });
});

test('a path that nothing answers is a refusal like any other', async () => {
  const answer = await call(server.url, { method: 'GET', path: '/nothing/here', key: server.apiKey });
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
});
