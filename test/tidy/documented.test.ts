import { expect, test } from 'vitest';
import { checkDocumented } from './documented.ts';
import { placesOf, samples } from './samples.ts';

const check = (text: string, path = 'src/platform/clock.ts') =>
  placesOf(checkDocumented(samples({ [path]: text })));

test.each([
  ['export function now() {}'],
  ['export async function now() {}'],
  ['export const now = () => 1;'],
  ['// The time.\nexport function now() {}'],
  ['/* The time. */\nexport function now() {}'],
  ['/** The time. */\nconst a = 1;\nexport function now() {}'],
])('a function without a doc comment is named: %s', (text) => {
  expect(check(text)).toEqual([`src/platform/clock.ts:${text.split('\n').length}`]);
});

test.each([
  ['/** The time. */\nexport function now() {}'],
  ['/** The time. */\nexport const now = () => 1;'],
  ['function now() {}'],
  ['export const now = 1;\nexport type Now = () => 1;'],
  ['/** The time. */\nexport function now(): 1;\nexport function now(a?: 1): 1 { return 1; }'],
])('this needs none: %s', (text) => {
  expect(check(text)).toEqual([]);
});

test('protocols are judged; capabilities and tests are not', () => {
  expect(check('export function now() {}', 'src/protocols/jwt/sign.ts')).toHaveLength(1);
  expect(check('export function now() {}', 'src/capabilities/users/users.ts')).toEqual([]);
  expect(check('export function now() {}', 'src/platform/clock.test.ts')).toEqual([]);
});
