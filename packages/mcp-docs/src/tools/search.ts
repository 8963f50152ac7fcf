import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Corpus } from '../corpus/store.ts';
import { searchCorpus } from '../search/search.ts';
import type { SearchAnswer, SearchResult } from '../search/search.ts';
import {
  PageOutput,
  ToolError,
  VersionInput,
  defineTool,
  describePage,
  selectCollections,
  uriOf,
} from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const KINDS = [
  'guide',
  'reference',
  'integration',
  'sdk',
  'migration',
  'glossary',
  'decision',
  'changelog',
] as const;
const MAX_QUERY = 1_000;
const MAX_RESULTS = 50;
const MAX_OFFSET = 1_000;

const Query = z.string().trim().min(1).max(MAX_QUERY);

const Output = z.object({
  query: z.string(),
  total: z.number().int(),
  results: z.array(
    PageOutput.extend({
      score: z.number(),
      snippets: z.array(z.object({ heading: z.string(), uri: z.string(), text: z.string() })),
    }),
  ),
  corrections: z.record(z.string(), z.string()),
  suggestions: z.array(z.string()),
  next_cursor: z.string().optional(),
});

const Input = z.object({
  query: Query.describe(
    'A question, keywords, an error code, a field, an operation such as `POST /organizations`, or a method name.',
  ),
  limit: z.number().int().min(1).max(MAX_RESULTS).default(10).describe('How many pages to return.'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the answer before.'),
  section: z
    .string()
    .max(300)
    .optional()
    .describe('Only pages below this path, such as `sso` or `reference/organization`.'),
  kind: z.enum(KINDS).optional().describe('Only pages of this kind.'),
  version: VersionInput,
  language: z
    .string()
    .max(30)
    .optional()
    .describe('Leaves out reference pages that have no method in this language, such as `python`.'),
});

const AliasInput = z.object({
  query: Query,
  // Larger numbers were accepted by the original: they mean "many".
  maxResults: z
    .number()
    .min(1)
    .transform((count) => Math.min(MAX_RESULTS, Math.floor(count)))
    .default(10),
});

const ALIAS_SCHEMA = {
  type: 'object',
  properties: {
    query: {
      type: 'string',
      description:
        'A question, keywords, an error code, a field, an operation such as `POST /organizations`, or a method name.',
    },
    maxResults: { type: 'number', description: 'How many pages to return, up to 50.', default: 10 },
  },
  required: ['query'],
};

const DESCRIPTION =
  'Finds documentation pages. Understands questions in plain words, misspellings, error codes, fields, events, endpoints and older product names. Returns the best pages with excerpts; read one in full with the docs tool.';

export const searchTools: readonly Tool[] = [
  defineTool({
    name: 'doorwright_search',
    title: 'Search the documentation',
    description: DESCRIPTION,
    input: Input,
    output: Output,
    answer: (input, corpus) => {
      const offset = input.cursor === undefined ? 0 : readCursor(input.cursor, input.query);
      return answerSearch(corpus, { ...input, offset }, 'doorwright_docs');
    },
  }),
  defineTool({
    name: 'workos_search',
    title: 'Search the documentation',
    description: DESCRIPTION,
    input: AliasInput,
    inputSchema: ALIAS_SCHEMA,
    output: Output,
    answer: ({ query, maxResults }, corpus) =>
      answerSearch(corpus, { query, limit: maxResults, offset: 0 }, 'workos_docs'),
  }),
];

type Options = Omit<z.infer<typeof Input>, 'cursor'> & { readonly offset: number };

function answerSearch(corpus: Corpus, options: Options, docsTool: string): Answer {
  selectCollections(corpus, options.version);
  const answer = searchCorpus(corpus, options);
  const next = options.offset + answer.results.length;
  const hasMore = next < Math.min(answer.total, MAX_OFFSET) && answer.results.length > 0;
  const cursor = hasMore ? writeCursor(next, options.query) : undefined;
  const suggestions = answer.results.length > 0 ? [] : suggest(corpus, options);
  const data = {
    query: options.query,
    total: answer.total,
    results: answer.results.map((result) => toData(corpus, result)),
    corrections: answer.corrections,
    suggestions,
    ...(cursor === undefined ? {} : { next_cursor: cursor }),
  };
  const text =
    answer.results.length === 0
      ? renderNothing(options.query, suggestions)
      : render(corpus, answer, { ...options, docsTool, cursor });
  return { text, data };
}

function toData(
  corpus: Corpus,
  { page, collection, score, snippets }: SearchResult,
): Record<string, unknown> {
  return {
    ...describePage(corpus, collection, page),
    score,
    snippets: snippets.map(({ heading, fragment, text }) => ({
      heading,
      uri: uriOf(corpus, collection, page.path, fragment),
      text,
    })),
  };
}

type RenderOptions = {
  readonly query: string;
  readonly docsTool: string;
  readonly cursor: string | undefined;
};

function render(corpus: Corpus, answer: SearchAnswer, { query, docsTool, cursor }: RenderOptions): string {
  const read = Object.entries(answer.corrections).map(([from, to]) => `"${from}" as "${to}"`);
  const lines = [
    `# Pages on "${query}"`,
    '',
    `${answer.results.length} of ${answer.total}, best first.${read.length > 0 ? ` Read ${read.join(', ')}.` : ''}`,
    '',
  ];
  for (const { page, collection, score, snippets } of answer.results) {
    lines.push(`## ${page.path}`, '', `${page.title} (${page.kind}, ${collection.id}, score ${score})`, '');
    for (const { heading, fragment, text } of snippets) {
      const isWhole = fragment === '' || heading === page.title;
      lines.push(isWhole ? text : `**${heading}** (\`${page.path}#${fragment}\`)\n${text}`, '');
    }
  }
  lines.push(`Read a page in full: \`${docsTool}\` with its path.`);
  if (cursor !== undefined && docsTool.startsWith('doorwright'))
    lines.push(`More results: \`cursor: "${cursor}"\`.`);
  return lines.join('\n');
}

function renderNothing(query: string, suggestions: readonly string[]): string {
  const hints = suggestions.map((suggestion) => `- ${suggestion}`).join('\n');
  return `No page matches "${query}".\n\n${hints === '' ? '' : `You could try:\n\n${hints}\n`}`;
}

function suggest(corpus: Corpus, options: Options): string[] {
  const wide = searchCorpus(corpus, { query: options.query, limit: 3, version: options.version });
  const isFiltered = wide.results.length > 0;
  if (isFiltered)
    return wide.results.map(({ page }) => `\`${page.path}\` (${page.title}), which the filters leave out`);
  const folders = new Set(
    corpus
      .select(options.version)
      .flatMap(({ pages }) => pages.map(({ path }) => path.split('/')[0] ?? path)),
  );
  return [
    'other words, such as the name of a feature, a field or an error code',
    `a look at one of: ${[...folders].sort().slice(0, 40).join(', ')}`,
  ];
}

const digestOf = (query: string): string =>
  createHash('sha256').update(query).digest('base64url').slice(0, 8);

function writeCursor(offset: number, query: string): string {
  return Buffer.from(`${offset}.${digestOf(query)}`).toString('base64url');
}

function readCursor(cursor: string, query: string): number {
  const [offset = '', digest] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const isOwn = /^\d{1,4}$/.test(offset) && Number(offset) <= MAX_OFFSET && digest === digestOf(query);
  if (!isOwn)
    throw new ToolError('`cursor` does not belong to this query: leave it out to start from the first page.');
  return Number(offset);
}
