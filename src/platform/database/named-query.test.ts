import { beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, useDatabase } from '../../../test/postgres.ts';
import type { Db } from './database.ts';
import { rawSql, sql } from './sql.ts';

const opened = useDatabase(createEmptyDatabase);

beforeAll(() =>
  opened.database.run(rawSql('create table thing (id int primary key, name text, made timestamptz)')),
);

/** On one connection, which knows a statement from its second run on. */
const inOneSession = <Value>(work: (db: Db) => Promise<Value>): Promise<Value> =>
  opened.database.transaction(work);

const add = (db: Db, id: number, name: string | null) =>
  db.run(sql`insert into thing values (${id}, ${name}, ${new Date(id)})`);
const list = (db: Db) => db.many(sql`select id, name, made from thing order by id`);

test('a statement answers the same, however often a connection ran it', () =>
  inOneSession(async (db) => {
    expect(await list(db)).toEqual([]);
    for (const [id, name] of ['first', null, 'third'].entries()) {
      expect(await add(db, id, name)).toBe(1);
      expect(await list(db)).toHaveLength(id + 1);
    }
    expect(await list(db)).toEqual([
      { id: 0, name: 'first', made: '1970-01-01T00:00:00.000Z' },
      { id: 1, name: null, made: '1970-01-01T00:00:00.001Z' },
      { id: 2, name: 'third', made: '1970-01-01T00:00:00.002Z' },
    ]);
    expect(await db.run(sql`update thing set name = ${'all'}`)).toBe(3);
    expect(await db.run(sql`update thing set name = ${'none'}`)).toBe(3);
  }));

test('statements that are sent together get their own answers', async () => {
  const ask = (n: number) =>
    n % 3 === 0
      ? opened.database.one(sql`select ${n}::int as third`)
      : opened.database.one(sql`select ${n}::int as value, ${String(n)}::text as text`);
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(n)));
    expect(answers).toEqual(
      Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? { third: n } : { value: n, text: String(n) })),
    );
  }
});

test('a statement that failed is described again, and says where it was run', async () => {
  const divide = (db: Db, by: number) => db.one<{ result: number }>(sql`select 10 / ${by}::int as result`);
  const failure = await inOneSession(async (db) => {
    expect(await divide(db, 5)).toEqual({ result: 2 });
    return divide(db, 0);
  }).catch((error: Error) => error);
  expect(failure).toMatchObject({ code: '22012', message: 'division by zero' });
  expect(failure).toHaveProperty('stack', expect.stringContaining('named-query.test.ts'));
  await inOneSession(async (db) => {
    expect(await divide(db, 2)).toEqual({ result: 5 });
    expect(await divide(db, 1)).toEqual({ result: 10 });
  });
});

test('a table that changed under a statement is an error, never a row with the wrong columns', async () => {
  const read = (db: Db) => db.many(sql`select * from changing`);
  await opened.database.run(rawSql('create table changing (a int)'));
  await opened.database.run(rawSql('insert into changing values (1)'));
  const outcome = await inOneSession(async (db) => {
    expect(await read(db)).toEqual([{ a: 1 }]);
    await db.run(rawSql('alter table changing add column b text default $$new$$'));
    return read(db);
  }).catch((error: Error) => error);
  expect(outcome).toMatchObject({ message: 'cached plan must not change result type' });
});
