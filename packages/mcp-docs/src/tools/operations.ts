import * as z from 'zod';
import { methodNames } from '../corpus/page.ts';
import type { Operation, Page } from '../corpus/page.ts';
import type { Collection, Corpus } from '../corpus/store.ts';
import { patternOf } from '../search/rank.ts';
import { searchCorpus } from '../search/search.ts';
import { squash } from '../search/tokens.ts';
import { PageOutput, VersionInput, defineTool, describePage, selectCollections } from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const MAX_FOUND = 20;

const Output = z.object({
  operations: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      path: z.string(),
      title: z.string(),
      names: z.record(z.string(), z.string()),
      page: PageOutput,
      markdown: z.string(),
    }),
  ),
  mentions: z.array(z.object({ page: PageOutput, lines: z.array(z.string()) })),
});

export const operationTool: Tool = defineTool({
  name: 'doorwright_operation',
  title: 'Look up an operation or a code',
  description:
    'Looks up an API operation by method and path, by path alone, by operation id or by the name of a client method; and an error code or event by its name.',
  input: z.object({
    name: z
      .string()
      .trim()
      .min(1)
      .max(300)
      .describe('`POST /organizations`, an operation id, a method name, an error code or an event.'),
    version: VersionInput,
  }),
  output: Output,
  answer: ({ name, version }, corpus) => {
    const collections = selectCollections(corpus, version);
    const operations = collections
      .flatMap((collection) => findOperations(collection, name))
      .slice(0, MAX_FOUND);
    const mentions = operations.length > 0 ? [] : findMentions(corpus, name, version);
    return toAnswer(corpus, name, operations, mentions);
  },
});

type Found = { readonly operation: Operation; readonly page: Page; readonly collection: Collection };
type Mention = { readonly page: Page; readonly collection: Collection; readonly lines: readonly string[] };

function findOperations(collection: Collection, name: string): Found[] {
  const match = /^(?:(GET|POST|PUT|PATCH|DELETE)\s+)?((?:https?:\/\/[^/\s]+)?\/\S+)$/i.exec(name);
  const isWanted = match === null ? namedBy(name) : pathedBy(match[1]?.toUpperCase(), match[2] ?? '');
  return collection
    .extras()
    .operations.filter(isWanted)
    .flatMap((operation) => {
      const page = collection.byPath().get(operation.page);
      return page === undefined ? [] : [{ operation, page, collection }];
    });
}

const pathedBy =
  (method: string | undefined, path: string) =>
  (operation: Operation): boolean =>
    patternOf(operation.path) === patternOf(path) && (method === undefined || operation.method === method);

function namedBy(name: string): (operation: Operation) => boolean {
  const wanted = squash(name);
  if (wanted === '') return () => false;
  return ({ id, names }) =>
    squash(id) === wanted ||
    methodNames(id).some((own) => squash(own) === wanted) ||
    Object.values(names).some(
      (own) => squash(own) === wanted || squash(own.split(/\.|->|::/).at(-1) ?? '') === wanted,
    );
}

/** Pages with the exact name: what has a section of its own for it first, then tables that define it, then the rest. */
function findMentions(corpus: Corpus, name: string, version: string | undefined): Mention[] {
  const { results } = searchCorpus(corpus, { query: name, limit: 20, version });
  const word = name.toLowerCase();
  return results
    .flatMap(({ page, collection }) => {
      const text = collection.read(page.text);
      const section = page.sections.find(({ heading }) => heading.toLowerCase() === word);
      // A section of that name is the explanation; elsewhere the lines that have it are enough.
      const lines =
        section === undefined
          ? linesOf(text).filter((line) => line.toLowerCase().includes(word))
          : linesOf(text.slice(section.start, section.end)).slice(1);
      if (lines.length === 0) return [];
      const isDefined = lines.some((line) => line.toLowerCase().startsWith(`| \`${word}\``));
      const place = section === undefined ? Number(!isDefined) + 1 : 0;
      return [{ page, collection, place, lines: lines.slice(0, section === undefined ? 5 : 15) }];
    })
    .sort((a, b) => a.place - b.place)
    .slice(0, 8);
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim().slice(0, 600))
    .filter((line) => line !== '');

function toAnswer(
  corpus: Corpus,
  name: string,
  operations: readonly Found[],
  mentions: readonly Mention[],
): Answer {
  const data = {
    operations: operations.map(({ operation, page, collection }) => ({
      id: operation.id,
      method: operation.method,
      path: operation.path,
      title: operation.title,
      names: operation.names,
      page: describePage(corpus, collection, page),
      markdown: collection.read(page.text).slice(0, 20_000),
    })),
    mentions: mentions.map(({ page, collection, lines }) => ({
      page: describePage(corpus, collection, page),
      lines,
    })),
  };
  const lines = [`# ${name}`, ''];
  for (const { method, path, title, names, markdown, page } of data.operations) {
    const libraries = Object.entries(names).map(([language, own]) => `- ${language}: \`${own}\``);
    lines.push(`## ${method} ${path}`, '', `${title}: \`${String(page['path'])}\``, '', ...libraries, '');
    if (data.operations.length <= 3) lines.push(markdown, '');
  }
  for (const mention of mentions) {
    lines.push(`## ${mention.page.title} (\`${mention.page.path}\`)`, '', ...mention.lines, '');
  }
  if (operations.length + mentions.length === 0) {
    lines.push('Nothing has this name. The search tool understands other forms and misspellings.');
  }
  return { text: lines.join('\n'), data };
}
