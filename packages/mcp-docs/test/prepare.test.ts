import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../src/cli.ts';
import { openCorpus } from '../src/corpus/store.ts';
import type { Collection } from '../src/corpus/store.ts';
import { readFeed } from '../src/prepare/feed.ts';
import { readOpenApi } from '../src/prepare/openapi.ts';
import { GARDEN, makeFolder, prepare, removeFolders, writeFiles } from './corpora.ts';

afterAll(removeFolders);

const open = async (files: Readonly<Record<string, string>>): Promise<Collection> => {
  const out = await prepare([{ from: writeFiles(files), name: 'garden', version: '2.0.0' }]);
  const [collection] = openCorpus(out).collections;
  if (collection === undefined) throw new Error('nothing was prepared');
  return collection;
};

const textOf = (collection: Collection, path: string): string => {
  const page = collection.byPath().get(path);
  if (page === undefined) throw new Error(`no page ${path}`);
  return collection.read(page.text);
};

test('pages stand in the order of the navigation, and the navigation is no page', async () => {
  const collection = await open(GARDEN);
  const paths = collection.pages.map(({ path }) => path);
  expect(paths.slice(0, 2)).toEqual(['watering/index', 'watering/hose']);
  expect(paths.some((path) => path.includes('_navigation'))).toBe(false);
  expect(collection.byPath().get('watering/hose')?.trail).toEqual(['Watering', 'Basics']);
});

test('components become Markdown, code stays, and links lead to pages with their sections', async () => {
  const collection = await open(GARDEN);
  const index = textOf(collection, 'watering/index');
  expect(index).toContain('**Note.** Not at noon.');
  expect(index).not.toMatch(/<\/?Callout|^---/m);
  expect(index).toContain('[the hose](/watering/hose#connect-the-hose)');
  expect(textOf(collection, 'watering/hose')).toContain('```ts\nawait garden.taps.open("tap_1");\n```');
  expect(
    collection
      .byPath()
      .get('watering/hose')
      ?.sections.map(({ slug }) => slug),
  ).toContain('trouble');
});

test('a component in code stays as it was written', async () => {
  const body = '# Page\n\nUse `<Callout>` or:\n\n```tsx\n<Callout type="x">hi</Callout>\n```\n';
  expect(textOf(await open({ 'page.mdx': body }), 'page')).toBe(body);
});

test('reference front matter becomes tables with the descriptions of other pages', async () => {
  const collection = await open(GARDEN);
  const text = textOf(collection, 'reference/tap/open');
  expect(text).toContain('`POST /taps/:id/open`');
  expect(text).toContain('| `id` | `string` | yes | Identifies the tap. |');
  expect(text).toContain('| `flow` | `number` | no | Litres in a minute. |');
  expect(text).not.toContain('(tap.id)');
  const python = collection.byPath().get('reference/tap/open')?.languages['python'];
  expect(python && collection.read(python)).toContain('| `tap_id` | `str` | yes | Identifies the tap. |');
  expect(collection.extras().operations).toMatchObject([
    { id: 'open_tap', method: 'POST', names: { python: 'garden.open_tap()' } },
  ]);
});

test('the same sources give the same bytes', async () => {
  const folder = writeFiles(GARDEN);
  const read = (out: string) =>
    readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'base64')]);
  const once = await prepare([{ from: folder, name: 'garden', version: '1' }]);
  const again = await prepare([{ from: folder, name: 'garden', version: '1' }]);
  expect(read(again)).toEqual(read(once));
});

test('another version stands beside the first; the same one is replaced', async () => {
  const out = await prepare([{ from: writeFiles({ 'a.md': '# A\n' }), name: 'garden', version: '1.0.0' }]);
  await prepare([{ from: writeFiles({ 'b.md': '# B\n' }), name: 'garden', version: '10.0.0' }], out);
  await prepare([{ from: writeFiles({ 'c.md': '# C\n' }), name: 'garden', version: '1.0.0' }], out);
  const corpus = openCorpus(out);
  expect(corpus.collections.map(({ id, pages }) => [id, pages.map(({ path }) => path)])).toEqual([
    ['garden@10.0.0', ['b']],
    ['garden@1.0.0', ['c']],
  ]);
  expect(corpus.current.map(({ version }) => version)).toEqual(['10.0.0']);
});

test('a link out of the folder is not followed', async () => {
  const outside = writeFiles({ 'secret.md': '# Secret\n' });
  const folder = writeFiles({ 'page.md': '# Page\n' });
  symlinkSync(join(outside, 'secret.md'), join(folder, 'stolen.md'));
  symlinkSync(outside, join(folder, 'stolen'));
  symlinkSync(folder, join(folder, 'round'));
  const [collection] = openCorpus(await prepare([{ from: folder }])).collections;
  expect(collection?.pages.map(({ path }) => path)).toEqual(['page']);
});

test('a git repository is read at its newest commit', async () => {
  const folder = writeFiles({ 'docs/page.md': '# Page of a repository\n' });
  const git = (...args: string[]) =>
    promisify(execFile)(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args],
      { cwd: folder },
    );
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Page');
  const [collection] = openCorpus(await prepare([{ from: `git+file://${folder}` }])).collections;
  expect(collection?.pages.map(({ title }) => title)).toEqual(['Page of a repository']);
});

test('a folder of sample applications becomes examples by application, and pages of what their READMEs say', async () => {
  const folder = writeFiles({
    'examples/shed/app.mjs': 'openShed();\n',
    'examples/shed/README.md': '# A shed\n\nStart it.\n',
    'examples/shed/node_modules/x/index.js': 'never();\n',
  });
  const from = join(folder, 'examples');
  const [collection] = openCorpus(await prepare([{ from, name: 'garden', version: '1.0.0' }])).collections;
  expect(collection?.pages.map(({ path }) => path)).toEqual(['examples/shed/README']);
  expect(collection?.extras().examples).toMatchObject([
    { name: 'shed', title: 'shed/app.mjs', language: 'javascript', code: 'openShed();\n' },
  ]);
});

test('an OpenAPI document becomes pages with parameters, codes and examples', () => {
  const document = {
    openapi: '3.1.0',
    servers: [{ url: 'http://localhost:4100' }],
    components: {
      schemas: {
        Bed: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string', description: 'Its name.' } },
        },
      },
    },
    paths: {
      '/beds/{id}': {
        put: {
          operationId: 'beds.update',
          summary: 'Update a bed',
          tags: ['beds'],
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          requestBody: {
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/Bed' },
                example: { name: "Rose's" },
              },
            },
          },
          responses: {
            404: {
              description: 'None.',
              content: { 'application/json': { schema: { properties: { code: { const: 'bed_missing' } } } } },
            },
          },
        },
      },
    },
  };
  const draft = readOpenApi(JSON.stringify(document));
  const [page] = draft.pages;
  expect(page?.path).toBe('reference/api/beds/beds-update');
  expect(page?.markdown).toContain('| `name` | `string` | yes | Its name. |');
  expect(page?.markdown).toContain('Codes: `bed_missing`.');
  expect(draft.operations).toMatchObject([{ id: 'beds.update', method: 'PUT', path: '/beds/{id}' }]);
  expect(draft.examples.map(({ language }) => language)).toEqual(['bash', 'typescript']);
  expect(draft.examples[0]?.code).toContain(String.raw`-d '{"name":"Rose'\''s"}'`);
});

test.each([
  [
    'RSS',
    '<rss><channel><item><title>Two taps</title><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate><link>https://example.com/2</link><description><![CDATA[<p>Now &amp; then</p>]]></description></item></channel></rss>',
  ],
  [
    'Atom',
    '<feed><entry><title>Two taps</title><updated>2026-03-02T10:00:00Z</updated><link rel="alternate" href="https://example.com/2"/><summary>Now &amp;amp; then</summary></entry></feed>',
  ],
])('an %s feed becomes changelog entries', (_, xml) => {
  expect(readFeed(xml, 'garden')).toEqual([
    {
      package: 'garden',
      version: 'Two taps',
      date: '2026-03-02',
      changes: ['Now & then'],
      url: 'https://example.com/2',
    },
  ]);
});

test('a feed with a DOCTYPE is refused', () => {
  expect(() => readFeed('<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>', 'garden')).toThrow('DOCTYPE');
});

test('a source that is nothing changes nothing', async () => {
  const out = join(makeFolder(), 'corpus');
  await expect(prepare([{ from: '/nonexistent/folder' }], out)).rejects.toThrow('no folder or file');
});

const OPERATION = { openapi: '3.1.0', paths: { '/beds': { get: { operationId: 'beds.list' } } } };

test.each([
  ['a link that leads nowhere', { 'a.md': '# A\n\n[gone](./b.md)\n' }, './b.md'],
  ['an operation without a summary', { 'openapi.json': JSON.stringify(OPERATION) }, 'beds.list'],
])('with --strict, %s is an error that names it', async (_, files, expected) => {
  const folder = writeFiles(files);
  const source = 'openapi.json' in files ? join(folder, 'openapi.json') : folder;
  const args = ['prepare', '--from', source, '--out', join(makeFolder(), 'corpus')];
  const run = (list: string[]) => {
    const told: string[] = [];
    const tell = (text: string) => void told.push(text);
    return createProgram({ out: tell, error: tell })
      .parseAsync(list, { from: 'user' })
      .then(() => told.join(''));
  };
  await expect(run([...args, '--strict'])).rejects.toThrow(expected);
  expect(await run(args)).toContain('Writing');
});
