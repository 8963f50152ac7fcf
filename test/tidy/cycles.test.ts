import { expect, test } from 'vitest';
import { checkCycles, findCycle } from './cycles.ts';
import { formatViolations } from './source.ts';
import { samples } from './samples.ts';

test('a cycle of files is named, types included', () => {
  const sources = samples({
    'src/lib/a.ts': "import { b } from './b.ts';",
    'src/lib/b.ts': "import type { C } from './c.ts';",
    'src/lib/c.ts': "export { a } from './a.ts';",
  });
  expect(formatViolations(checkCycles(sources))).toBe(
    'src/lib/a.ts:1 imports itself: src/lib/a.ts -> src/lib/b.ts -> src/lib/c.ts -> src/lib/a.ts.',
  );
});

test('two ways to one file are no cycle', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
  ]);
  expect(findCycle(graph)).toBeNull();
});

test('a file that imports itself is a cycle', () => {
  expect(findCycle(new Map([['a', ['a']]]))).toEqual(['a', 'a']);
});
