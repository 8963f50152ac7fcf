import * as z from 'zod';
import type { Page } from '../corpus/page.ts';
import { addressOf } from '../corpus/page.ts';
import type { Collection, Corpus } from '../corpus/store.ts';
import { PageOutput, ToolError, VersionInput, defineTool, describePage, selectCollections } from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const MAX_PAGES = 500;

const Output = z.object({
  folder: z.string(),
  total: z.number().int(),
  pages: z.array(PageOutput),
  folders: z.array(z.object({ path: z.string(), pages: z.number().int() })),
  versions: z.array(z.string()),
  next_offset: z.number().int().optional(),
});

const Input = z.object({
  path: z.string().max(1_000).default('').describe('A folder such as `sso`; everything by default.'),
  depth: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe('How many levels to open; deeper pages are counted.'),
  version: VersionInput,
  limit: z.number().int().min(1).max(MAX_PAGES).default(200),
  offset: z.number().int().min(0).max(1_000_000).default(0),
});

export const listTool: Tool = defineTool({
  name: 'doorwright_list',
  title: 'List documentation pages',
  description: 'Lists folders and pages in the order of the navigation, and the versions that there are.',
  input: Input,
  output: Output,
  answer: (input, corpus) => {
    const collections = selectCollections(corpus, input.version);
    const folder = input.path.toLowerCase().replaceAll(/^\/+|\/+$/g, '');
    const answer = listFolder(corpus, collections, { ...input, folder });
    if (answer !== null) return answer;
    throw new ToolError(
      `There is no folder \`${folder.slice(0, 200)}\`. Without \`path\` the list shows all folders.`,
    );
  },
});

/** The pages of a folder as an answer, or null when there is no such folder. */
export function renderFolder(
  corpus: Corpus,
  collections: readonly Collection[],
  folder: string,
): Answer | null {
  return listFolder(corpus, collections, { folder, depth: 3, limit: 200, offset: 0 });
}

type Options = {
  readonly folder: string;
  readonly depth: number;
  readonly limit: number;
  readonly offset: number;
};

function listFolder(corpus: Corpus, collections: readonly Collection[], options: Options): Answer | null {
  const prefix = options.folder === '' ? '' : `${options.folder}/`;
  const below = collections.flatMap((collection) =>
    collection.pages
      .filter(
        ({ path }) =>
          path.toLowerCase().startsWith(prefix) || addressOf(path).toLowerCase() === options.folder,
      )
      .map((page) => ({ page, collection })),
  );
  if (below.length === 0) return null;
  const depthOf = ({ path }: Page) => addressOf(path).slice(prefix.length).split('/').length;
  const shown = below.filter(({ page }) => depthOf(page) <= options.depth);
  const folders = new Map<string, number>();
  for (const { page } of below.filter((entry) => depthOf(entry.page) > options.depth)) {
    const path = prefix + page.path.slice(prefix.length).split('/').slice(0, options.depth).join('/');
    folders.set(path, (folders.get(path) ?? 0) + 1);
  }
  const part = shown.slice(options.offset, options.offset + options.limit);
  const next = options.offset + part.length;
  const data = {
    folder: options.folder,
    total: below.length,
    pages: part.map(({ page, collection }) => describePage(corpus, collection, page)),
    folders: [...folders].map(([path, pages]) => ({ path, pages })),
    versions: corpus.collections.map(({ id }) => id),
    ...(next < shown.length ? { next_offset: next } : {}),
  };
  return {
    text: renderList(options.folder, part, { folders, total: below.length, versions: data.versions }),
    data,
  };
}

function renderList(
  folder: string,
  entries: readonly { page: Page; collection: Collection }[],
  {
    folders,
    total,
    versions,
  }: { folders: ReadonlyMap<string, number>; total: number; versions: readonly string[] },
): string {
  const lines = [
    `# ${folder === '' ? 'All pages' : folder} (${total})`,
    '',
    `Versions: ${versions.join(', ')}`,
  ];
  let last = '';
  for (const { page, collection } of entries) {
    if (collection.id !== last) lines.push('', `## ${collection.id}`, '');
    last = collection.id;
    lines.push(`- ${page.path}: ${page.title}`);
  }
  if (folders.size > 0)
    lines.push('', 'Deeper:', ...[...folders].map(([path, count]) => `- ${path}/ (${count} pages)`));
  return lines.join('\n');
}
