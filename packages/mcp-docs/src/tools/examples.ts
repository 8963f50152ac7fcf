import * as z from 'zod';
import type { Example } from '../corpus/page.ts';
import { addressOf } from '../corpus/page.ts';
import type { Collection, Corpus } from '../corpus/store.ts';
import { patternOf } from '../search/rank.ts';
import { searchCorpus } from '../search/search.ts';
import { VersionInput, defineTool, selectCollections, uriOf } from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const MAX_EXAMPLES = 30;
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  js: 'javascript',
  node: 'typescript',
  curl: 'bash',
  shell: 'bash',
  sh: 'bash',
  py: 'python',
  golang: 'go',
  'c#': 'csharp',
  dotnet: 'csharp',
};

const Output = z.object({
  total: z.number().int(),
  examples: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      language: z.string(),
      code: z.string(),
      uri: z.string().nullable(),
      version: z.string(),
    }),
  ),
  groups: z.array(z.string()),
});

const Input = z.object({
  example: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .describe(
      'An operation (`POST /organizations` or its id), the path of a page, a group of examples, or what the code should do.',
    ),
  language: z.string().max(30).optional().describe('`typescript`, `curl`, `python` and so on.'),
  limit: z.number().int().min(1).max(MAX_EXAMPLES).default(10),
  version: VersionInput,
});

const ALIAS_SCHEMA = {
  type: 'object',
  properties: {
    example: {
      type: 'string',
      description:
        'A feature, a group of examples, the path of a page, or an operation such as `POST /organizations`.',
    },
  },
  required: ['example'],
};

const DESCRIPTION =
  'Gives code: for an API operation, from a page, from a group of examples, or for what it should do.';

export const exampleTools: readonly Tool[] = [
  defineTool({
    name: 'doorwright_examples',
    title: 'Get code examples',
    description: DESCRIPTION,
    input: Input,
    output: Output,
    answer: (input, corpus) => answerExamples(corpus, input),
  }),
  defineTool({
    name: 'workos_examples',
    title: 'Get code examples',
    description: DESCRIPTION,
    input: z.object({ example: z.string().trim().min(1).max(300) }),
    inputSchema: ALIAS_SCHEMA,
    output: Output,
    answer: (input, corpus) => answerExamples(corpus, { ...input, limit: 10 }),
  }),
];

type Found = { readonly example: Example; readonly collection: Collection };

function answerExamples(corpus: Corpus, input: z.infer<typeof Input>): Answer {
  const collections = selectCollections(corpus, input.version);
  const language = input.language?.toLowerCase();
  const wanted = language === undefined ? undefined : (LANGUAGES[language] ?? language);
  const isWanted = ({ example }: Found) => wanted === undefined || example.language === wanted;
  const all = collections.flatMap((collection) =>
    collection.extras().examples.map((example) => ({ example, collection })),
  );
  const named = all.filter(({ example }) => isNamed(example, input.example));
  const found = (named.length > 0 ? named : searchExamples(corpus, input, all)).filter(isWanted);
  const groups = [
    ...new Set(all.filter(({ example }) => example.page === null).map(({ example }) => example.name)),
  ].sort();
  const shown = found.slice(0, input.limit);
  const data = {
    total: found.length,
    examples: shown.map(({ example, collection }) => ({
      name: example.name,
      title: example.title,
      language: example.language,
      code: example.code,
      uri: example.page === null ? null : uriOf(corpus, collection, example.page, example.section ?? ''),
      version: collection.version,
    })),
    groups: groups.slice(0, 200),
  };
  return { text: render(input.example, shown, groups), data };
}

function isNamed(example: Example, wanted: string): boolean {
  const name = wanted.toLowerCase().replace(/^\/|\/$/g, '');
  if (example.name.toLowerCase() === name || addressOf(example.name).toLowerCase() === name) return true;
  const [method = '', path = ''] = wanted.trim().split(/\s+/);
  const [ownMethod = '', ownPath = ''] = example.title.split(/\s+/);
  return path.startsWith('/') && ownMethod === method.toUpperCase() && patternOf(ownPath) === patternOf(path);
}

/** The code of the pages that answer a question, best page first. */
function searchExamples(corpus: Corpus, input: z.infer<typeof Input>, all: readonly Found[]): Found[] {
  const { results } = searchCorpus(corpus, { query: input.example, limit: 15, version: input.version });
  return results.flatMap(({ page, collection }) =>
    all.filter((found) => found.collection === collection && found.example.page === page.path),
  );
}

function render(wanted: string, found: readonly Found[], groups: readonly string[]): string {
  const lines = [`# Examples for "${wanted}"`, ''];
  if (found.length === 0)
    lines.push('There is no code for this here. Ask for an operation, a page or a feature.', '');
  for (const { example } of found) {
    const fence = example.code.includes('```') ? '````' : '```';
    lines.push(
      `## ${example.title}`,
      '',
      `From \`${example.name}\``,
      '',
      `${fence}${example.language}`,
      example.code.trimEnd(),
      fence,
      '',
    );
  }
  if (groups.length > 0) lines.push(`Groups: ${groups.slice(0, 60).join(', ')}.`);
  return lines.join('\n');
}
