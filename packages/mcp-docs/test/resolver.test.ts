import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSections } from '../src/corpus/sections.ts';
import { splitPath } from '../src/resolve/containment.ts';
import { createResolver } from '../src/resolve/path.ts';
import { HOSTILE } from './hostile.ts';

const page = (path: string, title: string, markdown = `# ${title}\n`) => ({
  path,
  title,
  sections: findSections(markdown),
});
const PAGES = [
  page('index', 'Home'),
  page(
    'sso/index',
    'Single sign-on',
    '# Single sign-on\n\n## (1) Add it to your app\n\n### Add a callback\n\n## Going live\n',
  ),
  page('sso/test-sso', 'Test it', '## Sign-in\n\n## Error response\n'),
  page('authkit/index', 'Hosted login'),
  page('authkit/sessions', 'Sessions', '## Access Token\n'),
  page('reference/organization/create', 'Create an organization'),
  page('glossary', 'Glossary', '# Glossary\n\n## IdP\n\n## ACS URL\n'),
];
const resolve = createResolver(PAGES, { 'old/place': 'sso/test-sso' });

const found = (input: string): string => {
  const resolution = resolve(input);
  if (resolution.kind !== 'page') return resolution.kind;
  return resolution.section === null
    ? resolution.page.path
    : `${resolution.page.path}#${resolution.section.slug}`;
};

test.each([
  ['sso/test-sso', 'sso/test-sso'],
  ['/sso/test-sso/', 'sso/test-sso'],
  ['./sso//test-sso', 'sso/test-sso'],
  ['SSO/Test-SSO', 'sso/test-sso'],
  ['sso/test_sso', 'sso/test-sso'],
  ['sso/test sso', 'sso/test-sso'],
  ['sso\\test-sso', 'sso/test-sso'],
  ['sso/test-sso.md', 'sso/test-sso'],
  ['sso/test-sso.MDX', 'sso/test-sso'],
  ['sso%2Ftest-sso', 'sso/test-sso'],
  [' `sso/test-sso` ', 'sso/test-sso'],
  ['[Test it](/sso/test-sso)', 'sso/test-sso'],
  ['sso', 'sso/index'],
  ['sso/index', 'sso/index'],
  ['sso/index.mdx', 'sso/index'],
  ['sso/overview', 'sso/index'],
  ['sso/../authkit/sessions', 'authkit/sessions'],
  ['docs/sso', 'sso/index'],
  ['.docs/organized/docs/sso/index.mdx', 'sso/index'],
  ['.tmp-clone/packages/docs/content/sso/test-sso.mdx', 'sso/test-sso'],
  ['https://example.com/docs/sso/test-sso', 'sso/test-sso'],
  ['https://example.com/docs/sso/test-sso?utm=1#error-response', 'sso/test-sso#error-response'],
  ['example.com/docs/sso', 'sso/index'],
  ['docs://0.2.0/sso/test-sso', 'sso/test-sso'],
  ['sso/test-sso#Error Response', 'sso/test-sso#error-response'],
  ['sso/test-sso#signin', 'sso/test-sso#sign-in'],
  ['sso/test-sso/error-response', 'sso/test-sso#error-response'],
  ['sso/add-it-to-your-app', 'sso/index#add-it-to-your-app'],
  ['sso/1-add-it-to-your-app', 'sso/index#add-it-to-your-app'],
  ['sso/add-it-to-your-app/add-a-callback', 'sso/index#add-a-callback'],
  ['glossary/acs-url', 'glossary#acs-url'],
  ['user-management', 'authkit/index'],
  ['user-management/sessions', 'authkit/sessions'],
  ['user-management/sessions#access-token', 'authkit/sessions#access-token'],
  ['user-management/sessions/access-token', 'authkit/sessions#access-token'],
  ['old/place', 'sso/test-sso'],
  ['organization/create', 'reference/organization/create'],
  ['Create an organization', 'reference/organization/create'],
  ['reference/organizations/create', 'reference/organization/create'],
  ['sso/testing/test-sso#sign-in', 'sso/test-sso#sign-in'],
  ['elsewhere/testing/test-sso', 'missing'],
  ['sso/test-sso#no-such-section', 'sso/test-sso'],
  ['sso/no-such-page', 'missing'],
  ['', 'index'],
])('%j is %s', (input, expected) => {
  expect(found(input)).toBe(expected);
});

test.each(HOSTILE.map((path) => [path.slice(0, 60), path]))('%j leads nowhere', (_, path) => {
  expect(resolve(path).kind).not.toBe('page');
});

describe('for any text', () => {
  const segment = fc.constantFrom(
    '..',
    '.',
    '',
    'sso',
    'test-sso',
    '%2e%2e',
    '%2f',
    '\\',
    '\u0000',
    'etc',
    '...',
    '%',
    '#',
    '?',
  );
  const path = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(segment).map((parts) => parts.join('/')),
  );

  test('the answer is a page of the list or none, and never an exception', () => {
    fc.assert(
      fc.property(path, (input) => {
        const resolution = resolve(input);
        return resolution.kind !== 'page' || PAGES.includes(resolution.page);
      }),
      { numRuns: 2_000 },
    );
  });

  test('no segment that is left goes up, is empty, or has a separator or a control character', () => {
    fc.assert(
      fc.property(path, (input) => {
        const split = splitPath(input);
        return !split.ok || split.segments.every((part) => !/^\.*$|[/\\\p{Cc}]/u.test(part));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a path that goes up more often than down is refused', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 });
    fc.assert(
      fc.property(names, fc.constantFrom('..', '%2e%2e', '.%2e', '%252e%252e'), (down, up) => {
        const input = [...down, ...Array.from({ length: down.length + 1 }, () => up), 'x'].join('/');
        return resolve(input).kind === 'refused';
      }),
    );
  });

  test('the path of a page finds it in any case, with any extension and as a URL', () => {
    const form = fc.constantFrom<((path: string) => string)[]>(
      (one) => one.toUpperCase(),
      (one) => `/${one}`,
      (one) => `${one}.mdx`,
      (one) => `https://example.com/docs/${one}`,
      (one) => `docs://latest/${one}`,
      (one) => encodeURIComponent(one),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PAGES), form, (one, change) => {
        const resolution = resolve(change(one.path));
        return resolution.kind === 'page' && resolution.page === one;
      }),
    );
  });
});
