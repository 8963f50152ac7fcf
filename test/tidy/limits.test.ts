import { expect, test } from 'vitest';
import { checkLimits } from './limits.ts';
import { placesOf, samples } from './samples.ts';

const lines = (count: number) => 'run();\n'.repeat(count);
const check = (path: string, text: string) => placesOf(checkLimits(samples({ [path]: text })));

test.each([
  ['src/lib/a.ts', 400],
  ['src/lib/a.test.ts', 600],
  ['test/harness.ts', 600],
])('%s has at most %d lines', (path, limit) => {
  expect(check(path, lines(limit))).toEqual([]);
  expect(check(path, lines(limit + 1))).toEqual([`${path}:${limit + 1}`]);
});

test.each([
  ['function a() {', '}'],
  ['const a = () => {', '};'],
  ['const a = function () {', '};'],
  ['class A { a() {', '} }'],
])('a function has at most 70 lines: %s', (open, close) => {
  expect(check('src/lib/a.ts', `\n${open}\n${lines(68)}${close}`)).toEqual([]);
  expect(check('src/lib/a.ts', `\n${open}\n${lines(69)}${close}`)).toEqual(['src/lib/a.ts:2']);
});

test.each([['describe'], ['describe.skipIf(isRoot)'], ['describe.each([1])']])(
  'the body of %s may be long',
  (name) => {
    expect(check('src/lib/a.test.ts', `${name}('a', () => {\n${lines(90)}});`)).toEqual([]);
  },
);

test('a long test is not excused', () => {
  expect(check('src/lib/a.test.ts', `test('a', () => {\n${lines(90)}});`)).toEqual(['src/lib/a.test.ts:1']);
});

test('a function has at most 4 parameters', () => {
  expect(check('src/lib/a.ts', 'const run = (a, b, c, d) => a;')).toEqual([]);
  expect(check('src/lib/a.ts', 'const run = (a, b, c, d, e) => a;')).toEqual(['src/lib/a.ts:1']);
});
