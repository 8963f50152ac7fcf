import * as z from 'zod';
import { addressOf } from '../corpus/page.ts';
import type { Page, Section } from '../corpus/page.ts';
import { endOfBranch } from '../corpus/sections.ts';
import type { Collection, Corpus } from '../corpus/store.ts';
import { findSection } from '../resolve/path.ts';
import type { Refusal } from '../resolve/containment.ts';
import { searchCorpus } from '../search/search.ts';
import { renderHints, renderTop } from './hints.ts';
import { renderFolder } from './list.ts';
import { ToolError, VersionInput, PageOutput, defineTool, describePage, selectCollections } from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const DEFAULT_CHARS = 30_000;
const MAX_CHARS = 200_000;
const REFUSALS: Readonly<Record<Refusal, string>> = {
  too_long: 'The path is longer than 1,000 characters.',
  control_character: 'The path has characters that no path has.',
  scheme: 'Only paths, `https:` addresses of pages and `docs:` addresses are understood.',
  outside: 'The path leads out of the documentation.',
};

const Output = z.object({
  page: PageOutput,
  found_by: z.string(),
  section: z.string().optional(),
  sections: z.array(z.object({ heading: z.string(), fragment: z.string(), level: z.number().int() })),
  languages: z.array(z.string()),
  markdown: z.string(),
  total_chars: z.number().int(),
  next_offset: z.number().int().optional(),
});

const Input = z.object({
  path: z
    .string()
    .max(10_000)
    .describe(
      'A path such as `sso/test-sso`, with or without extension and `#heading`; a URL of the page; an older path of it; or a folder.',
    ),
  section: z.string().max(300).optional().describe('Only this section, by heading or fragment.'),
  version: VersionInput,
  language: z
    .string()
    .max(30)
    .optional()
    .describe('Parameter tables of this client library, such as `python`, in place of HTTP.'),
  max_chars: z
    .number()
    .int()
    .min(200)
    .max(MAX_CHARS)
    .default(DEFAULT_CHARS)
    .describe('Longest text to return.'),
  offset: z.number().int().min(0).max(10_000_000).default(0).describe('`next_offset` of the answer before.'),
});

const DESCRIPTION =
  'Reads a documentation page as Markdown, found by path, path with heading, URL or an older path. A folder gives the list of its pages. Use the search tool first when the path is not known.';

const ALIAS_SCHEMA = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      description:
        'Path of a page or folder, such as `sso` or `sso/test-sso`; a heading may follow as `#heading`. A URL works as well.',
    },
  },
  required: ['path'],
};

export const docsTools: readonly Tool[] = [
  defineTool({
    name: 'doorwright_docs',
    title: 'Read a documentation page',
    description: DESCRIPTION,
    input: Input,
    // A folder is answered with its list, whose data has another shape.
    output: Output.partial().extend({ folder: z.string().optional(), pages: z.array(PageOutput).optional() }),
    answer: (input, corpus) => readDocs(corpus, input, { search: 'doorwright_search', isWhole: false }),
  }),
  defineTool({
    name: 'workos_docs',
    title: 'Read a documentation page',
    description: DESCRIPTION,
    input: z.object({ path: z.string().max(10_000) }),
    inputSchema: ALIAS_SCHEMA,
    output: Output.partial().extend({ folder: z.string().optional(), pages: z.array(PageOutput).optional() }),
    answer: ({ path }, corpus) =>
      readDocs(corpus, { path, max_chars: MAX_CHARS, offset: 0 }, { search: 'workos_search', isWhole: true }),
  }),
];

type Options = z.infer<typeof Input>;
type Style = { readonly search: string; readonly isWhole: boolean };
type Located = { collection: Collection; page: Page; section: Section | null; via: string; missing: string };

function readDocs(corpus: Corpus, options: Options, style: Style): Answer {
  if (options.path.trim() === '')
    throw new ToolError(`Path parameter is required for ${style.search.replace('search', 'docs')}.`);
  const collections = selectCollections(corpus, options.version ?? versionIn(options.path));
  const located = locatePage(collections, options.path);
  if ('reason' in located) throw new ToolError(REFUSALS[located.reason]);
  if (!('page' in located)) {
    const folder = renderFolder(corpus, collections, located.path);
    if (folder !== null) return folder;
    throw new ToolError(notFound(corpus, options, { path: located.path, search: style.search }));
  }
  const named = options.section === undefined ? located.section : findSection(located.page, options.section);
  if (options.section !== undefined && named === null)
    throw new ToolError(noSection(located.page, options.section));
  return renderPage(corpus, { ...located, section: named }, { ...options, isWhole: style.isWhole });
}

/** `docs://0.1.0/sso` names the version itself. */
function versionIn(path: string): string | undefined {
  const host = /^\s*docs:\/\/([^/#?]*)/i.exec(path)?.[1];
  return host === undefined || host === ''
    ? undefined
    : decodeURIComponent(host.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
}

/** Finds a page in the first of the collections that has it: by its own path in any, before by an older one in any. */
export function locatePage(
  collections: readonly Collection[],
  path: string,
): Located | { reason: Refusal } | { path: string } {
  const found = collections.map((collection) => ({ collection, resolution: collection.resolver()(path) }));
  const order = ['path', 'heading', 'redirect', 'folder', 'title', 'suffix', 'near'];
  const pages = found.flatMap(({ collection, resolution }) =>
    resolution.kind === 'page' ? [{ collection, ...resolution }] : [],
  );
  const best = pages.sort((a, b) => order.indexOf(a.via) - order.indexOf(b.via))[0];
  if (best !== undefined) return best;
  const first = found[0]?.resolution;
  return first?.kind === 'refused'
    ? { reason: first.reason }
    : { path: first?.kind === 'missing' ? first.path : '' };
}

type PageOptions = Pick<Options, 'max_chars' | 'offset' | 'language'> & { readonly isWhole: boolean };

function renderPage(corpus: Corpus, located: Located, options: PageOptions): Answer {
  const { collection, page, section } = located;
  const whole = textInLanguage(collection, page, options.language);
  const isPart = section !== null && !options.isWhole && options.language === undefined;
  const index = section === null ? -1 : page.sections.indexOf(section);
  const text = isPart ? whole.slice(section.start, endOfBranch(page.sections, index)) : whole;
  const end = safeEnd(text, options.offset + options.max_chars);
  const part = text.slice(options.offset, end);
  const next = end < text.length ? end : undefined;
  const data = {
    page: describePage(corpus, collection, page),
    found_by: located.via,
    ...(section === null ? {} : { section: section.slug }),
    sections: page.sections
      .filter(({ level }) => level > 0)
      .map(({ heading, slug, level }) => ({ heading, fragment: slug, level })),
    languages: Object.keys(page.languages),
    markdown: part,
    total_chars: text.length,
    ...(next === undefined ? {} : { next_offset: next }),
  };
  const head = [`<!-- ${collection.id} ${page.path}${isPart ? `#${section.slug}` : ''} -->`];
  if (located.via !== 'path' && located.via !== 'heading')
    head.push(`This page is now at \`${addressOf(page.path)}\`.`);
  if (located.missing !== '')
    head.push(`The page has no section \`${located.missing}\`; this is the whole page.`);
  if (section !== null && !isPart)
    head.push(`The section asked for is "${section.heading}" (\`#${section.slug}\`).`);
  const tail =
    next === undefined
      ? renderHints(collection, page)
      : `\n---\n${text.length - end} more characters: repeat with \`offset: ${next}\`.`;
  return { text: `${head.join('\n\n')}\n\n${part.trimEnd()}\n${tail}`, data };
}

function textInLanguage(collection: Collection, page: Page, language: string | undefined): string {
  const markdown = collection.read(page.text);
  if (language === undefined) return markdown;
  const name = { javascript: 'js', typescript: 'js', node: 'js', csharp: 'dotnet', golang: 'go' }[
    language.toLowerCase()
  ];
  const span = page.languages[name ?? language.toLowerCase()];
  if (span === undefined && Object.keys(page.languages).length > 0) {
    const known = Object.keys(page.languages).join(', ');
    throw new ToolError(`The page has no tables for \`${language}\`; it has them for: ${known}.`);
  }
  return span === undefined ? markdown : `${markdown}\n${collection.read(span)}`;
}

/** Never between the two halves of a character. */
function safeEnd(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd8_00 && code <= 0xdb_ff ? end - 1 : end;
}

function noSection(page: Page, section: string): string {
  const known = page.sections.filter(({ level }) => level > 0).map(({ slug }) => `\`${slug}\``);
  return `\`${page.path}\` has no section \`${section}\`. It has: ${known.slice(0, 60).join(', ')}.`;
}

function notFound(
  corpus: Corpus,
  options: Options,
  { path, search }: { path: string; search: string },
): string {
  const words = path.replaceAll(/[/#_-]+/g, ' ');
  const similar = searchCorpus(corpus, { query: words || path, limit: 8, version: options.version }).results;
  const lines = [`No page is called "${path.slice(0, 200)}".`];
  if (similar.length > 0)
    lines.push(
      '',
      'Pages that may be meant:',
      ...similar.map(({ page }) => `- ${page.path} (${page.title})`),
    );
  lines.push(
    '',
    `Folders: ${renderTop(corpus.select(options.version))}`,
    '',
    `\`${search}\` finds pages by what they say.`,
  );
  return lines.join('\n');
}
