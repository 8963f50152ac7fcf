import { array, assert, asyncProperty, constantFrom, integer, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { type TestEnvironment, useServer } from '../harness.ts';

const server = useServer();

interface Page {
  data: { id: string }[];
  list_metadata: { before: string | null; after: string | null };
}

type Cursor = 'before' | 'after';

async function readPage(
  { api }: TestEnvironment,
  query: { limit: number; order: string; path: string },
  cursor = '',
): Promise<Page> {
  const { status, body } = await api.get(`${query.path}?limit=${query.limit}&order=${query.order}${cursor}`);
  expect(status).toBe(200);
  return body;
}

/** Follows one cursor until it is null; the ids in the order of the walk. */
async function walk(
  environment: TestEnvironment,
  query: { limit: number; order: string; path: string },
  from: Page,
  direction: Cursor,
): Promise<{ ids: string[]; last: Page }> {
  let page = from;
  const ids = from.data.map(({ id }) => id);
  for (let cursor = page.list_metadata[direction]; cursor !== null; cursor = page.list_metadata[direction]) {
    page = await readPage(environment, query, `&${direction}=${cursor}`);
    expect(page.data.length).toBeGreaterThan(0);
    expect(page.data.length).toBeLessThanOrEqual(query.limit);
    const more = page.data.map(({ id }) => id);
    // `before` goes back: its pages are read from the last to the first, each in the order of the list.
    if (isForward(query.order, direction)) ids.push(...more);
    else ids.unshift(...more);
    expect(ids.length).toBeLessThan(1_000);
  }
  return { ids, last: page };
}

/** In `normal` order the list shows the newest first and `before` leads to the older. */
const isForward = (order: string, direction: Cursor) =>
  order === 'normal' ? direction === 'before' : direction === 'after';

async function fill(size: number): Promise<{ environment: TestEnvironment; ids: string[] }> {
  const environment = await server.addEnvironment('sandbox');
  const made = await Promise.all(
    Array.from({ length: size }, (_, index) => environment.api.post('/organizations', { name: `O${index}` })),
  );
  return { environment, ids: made.map(({ body }) => body.id).sort() };
}

test('a walk visits every object once, in order, forth and back, for any set, limit and order', async () => {
  await assert(
    asyncProperty(
      record({
        size: integer({ min: 0, max: 23 }),
        limit: integer({ min: 1, max: 25 }),
        order: constantFrom('asc', 'desc', 'normal'),
      }),
      async ({ size, limit, order }) => {
        const { environment, ids } = await fill(size);
        const query = { limit, order, path: '/organizations' };
        const expected = order === 'asc' ? ids : ids.toReversed();
        const [on, back]: [Cursor, Cursor] = order === 'normal' ? ['before', 'after'] : ['after', 'before'];
        const first = await readPage(environment, query);
        expect(first.list_metadata[back]).toBeNull();
        const forth = await walk(environment, query, first, on);
        expect(forth.ids).toEqual(expected);
        expect(forth.last.list_metadata[on]).toBeNull();
        const again = await walk(environment, query, forth.last, back);
        expect(again.ids).toEqual(expected);
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

test('a walk over events visits every event once, forth and back, for any limit and order', async () => {
  const { environment } = await fill(17);
  const { body } = await environment.api.get('/events?limit=100');
  const ids = body.data.map(({ id }: { id: string }) => id);
  expect(ids).toHaveLength(17);
  for (const order of ['asc', 'desc', 'normal']) {
    for (const limit of [1, 4, 16, 17, 18]) {
      const query = { limit, order, path: '/events' };
      const [on, back]: [Cursor, Cursor] = order === 'normal' ? ['before', 'after'] : ['after', 'before'];
      const forth = await walk(environment, query, await readPage(environment, query), on);
      expect(forth.ids).toEqual(order === 'asc' ? ids : ids.toReversed());
      expect((await walk(environment, query, forth.last, back)).ids).toEqual(forth.ids);
    }
  }
});

test('a page from the middle leads on both ways, also after its neighbours are gone', async () => {
  const { environment, ids } = await fill(9);
  const query = { limit: 3, order: 'asc', path: '/organizations' };
  const middle = await readPage(environment, query, `&after=${ids[2]}`);
  expect(middle.data.map(({ id }) => id)).toEqual(ids.slice(3, 6));
  for (const gone of [ids[2], ids[6]]) await environment.api.delete(`/organizations/${gone}`);
  const next = await readPage(environment, query, `&after=${middle.list_metadata.after}`);
  expect(next.data.map(({ id }) => id)).toEqual(ids.slice(7));
  const previous = await readPage(environment, query, `&before=${middle.list_metadata.before}`);
  expect(previous.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
});

test.each(['/organizations', '/events', '/management/api_keys', '/user_management/cors_origins'])(
  '%s refuses any cursor that names nothing of its list (X-05)',
  async (path) => {
    const { environment, ids } = await fill(1);
    const ofOther = (await server.other.api.post('/organizations', { name: 'Other' })).body.id;
    const known = ids[0] ?? '';
    const tampered = [
      `${known.slice(0, -1)}${known.endsWith('0') ? '1' : '0'}`,
      known.toLowerCase(),
      ofOther,
      known.replace('org_', 'user_'),
      path === '/organizations' ? 'event_01EHZNVPK3SFK441A1RGBFSHRT' : known,
      'null',
      '0',
      "' or 1=1 --",
      '%00',
      '%F0%9F%98%80',
    ];
    for (const cursor of tampered) {
      for (const parameter of ['after', 'before']) {
        const { status, body } = await environment.api.get(`${path}?${parameter}=${cursor}`);
        expect([cursor, status, body.errors?.[0]?.field]).toEqual([cursor, 422, parameter]);
      }
    }
    await assert(
      asyncProperty(string({ minLength: 1, maxLength: 120, unit: 'binary' }), async (text) => {
        const { status } = await environment.api.get(
          `${path}?after=${encodeURIComponent(text.toWellFormed())}`,
        );
        expect(status).toBe(422);
      }),
      { numRuns: 10 },
    );
  },
);

test('both cursors at once, an empty one and unknown orders answer 422', async () => {
  const { environment, ids } = await fill(1);
  const bad = [`after=${ids[0]}&before=${ids[0]}`, 'after=', 'before=', 'order=up', 'order='];
  for (const query of bad) {
    expect([query, (await environment.api.get(`/organizations?${query}`)).status]).toEqual([query, 422]);
  }
});

test.each(['/organizations', '/events'])('%s takes limits from 1 to 100 and nothing else', async (path) => {
  for (const limit of ['1', '100', '007']) {
    expect([limit, (await server.api.get(`${path}?limit=${limit}`)).status]).toEqual([limit, 200]);
  }
  const bad = ['0', '-1', '101', 'abc', '', '1.5', '1e1', '0x10', '%2010', '99999999999999999999'];
  for (const limit of [...bad, '10&limit=10']) {
    const { status, body } = await server.api.get(`${path}?limit=${limit}`);
    expect([limit, status, body.errors?.[0]?.field]).toEqual([limit, 422, 'limit']);
  }
});

test('lists of names in a query are read the same in all their spellings', async () => {
  await assert(
    asyncProperty(
      array(constantFrom('organization.created', 'organization.deleted'), { maxLength: 3 }),
      async (names) => {
        const spellings = [
          `events=${names.join(',')}`,
          names.map((name) => `events=${name}`).join('&'),
          names.map((name) => `events[]=${name}`).join('&'),
        ];
        const answers = await Promise.all(spellings.map((query) => server.api.get(`/events?${query}`)));
        for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]?.body]);
      },
    ),
    { numRuns: 15 },
  );
});
