// Every statement of the product is one that PostgreSQL accepts, on the schema as the migrations make it.
import { Client, DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, createTestDatabase } from './postgres.ts';
import { type Samples, type Statement, expandStatements } from './statements/expand.ts';
import { readRepository } from './tidy/repository.ts';
import { type Source, isTestPath, parseSource } from './tidy/source.ts';

// What only running code knows, by the name of a parameter or the text of an expression.
const SAMPLES: Samples = {
  // The end of a list: `keyset` in platform/pagination.ts.
  page: ['id > \u0000 order by id limit \u0000', 'id < \u0000 order by id desc limit \u0000'],
  // A partition in the making: platform/events/partitions.ts.
  'rawSql(name)': ['event_default'],
  // One table and its columns in a restore: platform/database/restore.ts.
  'rawSql(`${table.quoted} (${columns})`)': ['environment (id)'],
  'rawSql(values)': ['(line ->> 0)::text'],
};

let made: TestDatabase;
let client: Client;

beforeAll(async () => {
  made = await createTestDatabase();
  client = new Client(made.connection);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await made.drop();
});

/** What PostgreSQL says against a statement, or null. */
async function refusal({ at, text }: Statement): Promise<string | null> {
  try {
    await client.query(`prepare checked as ${text}`);
    await client.query('deallocate checked');
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return `${at} ${error.message}: ${text.replaceAll(/\s+/g, ' ').trim()}`;
  }
}

async function check(
  sources: readonly Source[],
  samples: Samples,
): Promise<{ count: number; faults: string[] }> {
  const { statements, unresolved } = expandStatements(sources, samples);
  const faults = unresolved.map(({ at, reason }) => `${at} ${reason}`);
  for (const statement of statements) {
    const fault = await refusal(statement);
    if (fault) faults.push(fault);
  }
  return { count: statements.length, faults };
}

test('every statement can be prepared, in all its variants', async () => {
  const sources = readRepository().sources.filter(({ path }) => path.startsWith('src/') && !isTestPath(path));
  const { count, faults } = await check(sources, SAMPLES);
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(80);
});

const sample = (...lines: string[]): Source =>
  parseSource({ path: 'src/a.ts', text: ["import { sql } from './sql.ts';", ...lines].join('\n') });

test.each([
  ['a column that does not exist', 'sql`select nme from organization`', 'column "nme" does not exist'],
  ['the variant that is wrong', 'sql`select id from organization ${x ? sql`where a` : sql``}`', 'column "a"'],
  [
    'SQL of a parameter',
    'function f(where: Sql) { return sql`select 1 ${where}`; }',
    "the parameter 'where'",
  ],
  ['SQL of rawSql', 'sql`select 1 from ${rawSql(x)}`', 'can not be read here'],
  ['a function that hides its SQL', 'const f = (): Sql => g.h;\nsql`select ${f()}`', 'can not be followed'],
])('%s is found', async (_, code, words) => {
  const { faults } = await check([sample(code)], {});
  expect(faults).toEqual([expect.stringMatching(/^src\/a\.ts:\d+ /)]);
  expect(faults[0]).toContain(words);
});

test('pieces are followed through constants, functions, members, conditions and other files', () => {
  const other = parseSource({
    path: 'src/b.ts',
    text: 'export const columns = sql`id, name`;\nexport const limited = (count: number): Sql => sql`limit ${count}`;',
  });
  const { statements, unresolved } = expandStatements(
    [
      sample(
        "import { columns, limited as most } from './b.ts';",
        'const orders = { up: sql`order by id`, down: sql`order by id desc` } as const;',
        'function f(count: number) {',
        '  const where = count > 0 ? sql`where id = ${count}` : sql``;',
        '  return sql`select ${columns} from t ${where} ${orders[up]} ${most(count)}`;',
        '}',
      ),
      other,
    ],
    {},
  );
  expect(unresolved).toEqual([]);
  expect(statements.map(({ text }) => text)).toEqual([
    'select id, name from t where id = $1 order by id limit $2',
    'select id, name from t where id = $1 order by id desc limit $2',
    'select id, name from t  order by id limit $1',
    'select id, name from t  order by id desc limit $1',
  ]);
});
