import { expect, test } from 'vitest';
import { checkRings, checkSpecifiers } from './rings.ts';
import { placesOf, samples } from './samples.ts';

const importing = (from: string, target: string) => samples({ [from]: `import { a } from '${target}';` });

test.each([
  ['src/lib/id.ts', '../protocols/jwt.ts'],
  ['src/protocols/jwt.ts', '../platform/clock.ts'],
  ['src/platform/http.ts', '../capabilities/users/index.ts'],
  ['src/capabilities/users/users.ts', '../../app.ts'],
  ['src/pages/login/page.ts', '../../main.ts'],
  ['src/app.ts', './commands/start.ts'],
  ['src/platform/http.ts', '../../test/harness.ts'],
  ['src/platform/http.ts', '../lib/id.test.ts'],
  ['src/main.ts', '../scripts/generate.ts'],
])('%s must not import %s', (from, target) => {
  expect(placesOf(checkRings(importing(from, target)))).toEqual([`${from}:1`]);
});

test.each([
  ['src/platform/http.ts', '../lib/id.ts'],
  ['src/platform/http.ts', './clock.ts'],
  ['src/platform/http.ts', '../config.ts'],
  ['src/capabilities/users/users.ts', '../../platform/http.ts'],
  ['src/app.ts', './capabilities/users/index.ts'],
  ['src/commands/start.ts', '../app.ts'],
  ['src/lib/id.test.ts', '../../test/harness.ts'],
  ['src/lib/id.ts', 'node:crypto'],
])('%s may import %s', (from, target) => {
  expect(placesOf(checkRings(importing(from, target)))).toEqual([]);
});

test.each([
  ["export { a } from '../platform/clock.ts';"],
  ["export * from '../platform/clock.ts';"],
  ["import type { A } from '../platform/clock.ts';"],
  ["const a = await import('../platform/clock.ts');"],
])('the direction holds for %s', (text) => {
  expect(placesOf(checkRings(samples({ 'src/lib/id.ts': `\n${text}` })))).toEqual(['src/lib/id.ts:2']);
});

test('a file of the product stands in a ring', () => {
  expect(placesOf(checkRings(samples({ 'src/extra.ts': 'export const a = 1;' })))).toEqual([
    'src/extra.ts:1',
  ]);
});

test.each([['./jwt'], ['./jwt.js'], ['..']])('our file is not imported as %s', (specifier) => {
  expect(placesOf(checkSpecifiers(importing('src/lib/id.ts', specifier)))).toEqual(['src/lib/id.ts:1']);
});

test.each([['./jwt.ts'], ['./page.tsx'], ['./facts.json'], ['zod']])('%s is a full name', (specifier) => {
  expect(checkSpecifiers(importing('src/lib/id.ts', specifier))).toEqual([]);
});
