import { expect, test } from 'vitest';
import { everyOperation } from '../../scripts/generate/openapi.ts';
import { judgeOutcomes } from './judge.ts';

const operation = everyOperation().find(({ id }) => id === 'organizations.update');
const judge = (...statuses: number[]) =>
  judgeOutcomes(
    operation ? [operation] : [],
    new Set(statuses.map((status) => `organizations.update ${status}`)),
  );

test('an operation that was answered in each way is done', () => {
  expect(judge(200, 422, 401, 404)).toEqual([]);
});

test('each way that no test saw is named', () => {
  expect(judge(200, 401)).toEqual([
    'organizations.update: no test saw bad input',
    'organizations.update: no test saw an id that is out of reach',
  ]);
  expect(judge()).toHaveLength(4);
});
