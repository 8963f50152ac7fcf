import { expect, test } from 'vitest';
import { formatViolations, parseSource } from './source.ts';

test('a file that does not parse is an error, so that no rule passes for want of a tree', () => {
  expect(() => parseSource({ path: 'src/lib/a.ts', text: 'const (' })).toThrow('src/lib/a.ts does not parse');
});

test('an offset becomes a line, characters beyond the basic plane included', () => {
  const text = '// 🙂\nconst a = 1;\nconst b = 2;\n';
  const source = parseSource({ path: 'src/lib/a.ts', text });
  const lines = source.program.body.map(({ start }) => source.lineAt(start));
  expect(lines).toEqual([2, 3]);
});

test('violations are listed by file and line', () => {
  const violations = [
    { path: 'b.ts', line: 1, message: 'last.' },
    { path: 'a.ts', line: 10, message: 'second.' },
    { path: 'a.ts', line: 9, message: 'first.' },
  ];
  expect(formatViolations(violations)).toBe('a.ts:9 first.\na.ts:10 second.\nb.ts:1 last.');
});
