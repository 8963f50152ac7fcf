import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase, useDatabase } from '../../../test/postgres.ts';
import { rawSql, sql } from './sql.ts';

const opened = useDatabase(createEmptyDatabase);

beforeAll(() => opened.database.run(rawSql('create table thing (id int primary key check (id > 0))')));

beforeEach(() => opened.database.run(sql`delete from thing`));

const add = (id: number) => sql`insert into thing values (${id})`;
const ids = async (): Promise<number[]> =>
  (await opened.database.many<{ id: number }>(sql`select id from thing order by id`)).map(({ id }) => id);

test('what is written last commits with the rest, and is made of what the work answered', async () => {
  const value = await opened.database.transaction(
    async (db) => {
      await db.run(add(1));
      return [2, 3];
    },
    (more) => more.map(add),
  );
  expect(value).toEqual([2, 3]);
  expect(await ids()).toEqual([1, 2, 3]);
});

test.each([
  ['the only', [-1]],
  ['the first', [-1, 2]],
  ['the last', [2, -1]],
])(
  '%s statement of those fails: nothing is kept, its error is told, the connection is good',
  async (_, last) => {
    for (let round = 0; round < 3; round += 1) {
      const failing = opened.database.transaction(
        (db) => db.run(add(1)),
        () => last.map(add),
      );
      await expect(failing).rejects.toMatchObject({ code: '23514' });
    }
    expect(await ids()).toEqual([]);
    await opened.database.transaction((db) => db.run(add(5)));
    expect(await ids()).toEqual([5]);
  },
);

test('a statement that cannot be made undoes the work', async () => {
  const failing = opened.database.transaction(
    (db) => db.run(add(1)),
    () => {
      throw new RangeError('no such text');
    },
  );
  await expect(failing).rejects.toThrow('no such text');
  expect(await ids()).toEqual([]);
});

test('a failed statement that the work ignored commits nothing', async () => {
  const ignoring = (last: number[]) =>
    opened.database.transaction(
      async (db) => {
        await db.run(add(1));
        await db.run(add(-1)).catch(() => undefined);
      },
      () => last.map(add),
    );
  await expect(ignoring([])).rejects.toThrow('rolled back');
  await expect(ignoring([2])).rejects.toMatchObject({ code: '25P02' });
  expect(await ids()).toEqual([]);
});

test('a statement that commits by itself is there at once, and its connection is good after an error', async () => {
  expect(await opened.database.autocommit(sql`${add(1)} returning id`)).toEqual([{ id: 1 }]);
  for (let round = 0; round < 4; round += 1) {
    await expect(opened.database.autocommit(add(1))).rejects.toMatchObject({ code: '23505' });
  }
  await Promise.all([2, 3, 4, 5].map((id) => opened.database.autocommit(add(id))));
  expect(await ids()).toEqual([1, 2, 3, 4, 5]);
});
