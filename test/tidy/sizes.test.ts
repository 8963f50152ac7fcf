import { expect, test } from 'vitest';
import { checkSizes } from './sizes.ts';

test('a file of more than 200 KB is refused, a generated one is not', () => {
  const sizes: Record<string, number> = {
    'docs/logo.png': 200_001,
    'docs/small.png': 200_000,
    'package-lock.json': 500_000,
    'openapi.json': 500_000,
    'test/contract/facts.json': 500_000,
  };
  const violations = checkSizes(Object.keys(sizes), (path) => sizes[path] ?? 0);
  expect(violations.map(({ path }) => path)).toEqual(['docs/logo.png']);
});
