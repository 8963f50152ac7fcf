import { expect, test } from 'vitest';
import { checkEdges } from './edges.ts';
import { formatViolations } from './source.ts';
import { samples } from './samples.ts';

const crossing = (target: string) =>
  samples({ 'src/capabilities/organizations/organizations.ts': `import { a } from '${target}';` });

test('a declared edge through the index of the other is fine', () => {
  const edges = { organizations: ['users'] };
  expect(checkEdges(crossing('../users/index.ts'), edges)).toEqual([]);
});

test('an edge that is not declared is refused', () => {
  const message = formatViolations(checkEdges(crossing('../users/index.ts'), {}));
  expect(message).toContain('organizations.ts:1 the edge organizations -> users is not declared');
});

test('the inside of another capability is refused', () => {
  const message = formatViolations(checkEdges(crossing('../users/store.ts'), { organizations: ['users'] }));
  expect(message).toContain('import users through src/capabilities/users/index.ts');
});

test('pages are a slice of their own', () => {
  const message = formatViolations(checkEdges(crossing('../../pages/login/page.ts'), {}));
  expect(message).toContain('the edge organizations -> pages is not declared');
  expect(message).toContain('import pages through src/pages/index.ts');
});

test('an edge that no file uses is refused once the slice exists', () => {
  const sources = samples({ 'src/capabilities/organizations/index.ts': 'export const a = 1;' });
  expect(formatViolations(checkEdges(sources, { organizations: ['users'] }))).toContain(
    'no file uses the edge',
  );
  expect(checkEdges([], { organizations: ['users'] })).toEqual([]);
});

test('declared edges form no cycle', () => {
  const message = formatViolations(checkEdges([], { a: ['b'], b: ['c'], c: ['a'] }));
  expect(message).toContain('form a cycle: a -> b -> c -> a');
});

test('imports within one slice and those of tests are free', () => {
  const sources = samples({
    'src/capabilities/users/users.ts': "import { a } from './store.ts';",
    'src/capabilities/users/create.test.ts': "import { a } from '../organizations/store.ts';",
  });
  expect(checkEdges(sources, {})).toEqual([]);
});
