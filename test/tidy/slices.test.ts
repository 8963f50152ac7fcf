import { expect, test } from 'vitest';
import { placesOf, samples } from './samples.ts';
import { checkSlices } from './slices.ts';

const HEADER = '/**\n * Owns: the users.\n * Emits: user.created.\n * Invariants: one e-mail.\n */\n';
const USERS = 'src/capabilities/users';
const complete = (folder: string) => ({
  [`${folder}/index.ts`]: HEADER,
  [`${folder}/contract.ts`]: '',
  [`${folder}/routes.ts`]: '',
  [`${folder}/store.ts`]: '',
});
const check = (files: Record<string, string>, without: Record<string, string[]> = {}) =>
  placesOf(checkSlices(samples(files), without));

test('a slice that looks like the model passes', () => {
  expect(check(complete(USERS))).toEqual([]);
});

test.each([['index.ts'], ['contract.ts'], ['routes.ts'], ['store.ts']])(
  'a slice without %s is refused',
  (file) => {
    const { [`${USERS}/${file}`]: _, ...files } = complete(USERS);
    expect(check(files)).toEqual([`${USERS}/${file}:1`]);
  },
);

test('a file may be missing where that is listed', () => {
  const { [`${USERS}/store.ts`]: _, ...files } = complete(USERS);
  expect(check(files, { users: ['store.ts'] })).toEqual([]);
});

test.each([
  ['no header', ''],
  ['a line comment', '// Owns Emits Invariants'],
  ['a header in the middle', `export const a = 1;\n${HEADER}`],
  ['a header that leaves a word out', HEADER.replace('Emits', 'Sends')],
])('an index with %s is refused', (_, text) => {
  expect(check({ ...complete(USERS), [`${USERS}/index.ts`]: text })).toEqual([`${USERS}/index.ts:1`]);
});

test('a big slice is a folder of complete nouns', () => {
  const files: Record<string, string> = {
    'src/capabilities/authorization/index.ts': HEADER,
    ...complete('src/capabilities/authorization/roles'),
    ...complete('src/capabilities/authorization/checks'),
  };
  expect(check(files)).toEqual([]);
  const { 'src/capabilities/authorization/checks/store.ts': _, ...without } = files;
  expect(check(without)).toEqual(['src/capabilities/authorization/checks/store.ts:1']);
});
