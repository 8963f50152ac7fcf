// What the documentation has to have: a concept page for each capability, and for each operation a page with examples.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readOpenApi } from '../../packages/mcp-docs/src/prepare/openapi.ts';
import { everyOperation } from '../../scripts/generate/openapi.ts';

/** Capabilities whose page has another name, or that need none. */
const pages: Readonly<Record<string, string | null>> = {
  'organization-domains': 'domains',
  // Aids of this repository's own: the pages of development and operation tell of them.
  development: null,
  monitoring: null,
};

test.each(readdirSync('src/capabilities'))('the capability %s has a concept page', (name) => {
  const page = Object.hasOwn(pages, name) ? pages[name] : name;
  if (page === null) return;
  expect(existsSync(`docs/concepts/${page}.md`), `write docs/concepts/${page}.md`).toBe(true);
});

const draft = readOpenApi(readFileSync('openapi.json', 'utf8'));

test.each(everyOperation().map(({ id }) => id))(
  '%s is documented, with an example in each language',
  (id) => {
    const operation = draft.operations.find((one) => one.id === id);
    expect(operation, `${id} is not in openapi.json: run npm run generate`).toBeDefined();
    expect(operation?.title).not.toBe(id);
    const languages = draft.examples.filter((example) => example.name === id).map(({ language }) => language);
    expect(languages).toEqual(['bash', 'typescript']);
  },
);

test('each section of the troubleshooting page is about a code that exists', () => {
  const known = readFileSync('docs/errors.md', 'utf8');
  const codes = [...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^## ([a-z_]+)$/gm)];
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.map(([, code = '']) => code).filter((code) => !known.includes(`\`${code}\``))).toEqual([]);
});
