import { addressOf } from '../corpus/page.ts';
import type { Page, PageKind } from '../corpus/page.ts';
import type { Collection, Corpus } from '../corpus/store.ts';
import { readQuestion } from './concepts.ts';
import type { Question } from './concepts.ts';
import { measureCandidates, rankCandidates } from './rank.ts';
import type { Ranked } from './rank.ts';
import { cutSnippets, marksOf } from './snippet.ts';
import type { Marks, Snippet } from './snippet.ts';

export type SearchOptions = {
  readonly query: string;
  readonly limit: number;
  readonly offset?: number;
  readonly version?: string | undefined;
  readonly section?: string | undefined;
  readonly kind?: PageKind | undefined;
  readonly language?: string | undefined;
};

export type SearchResult = {
  readonly page: Page;
  readonly collection: Collection;
  readonly score: number;
  readonly snippets: readonly Snippet[];
};

export type SearchAnswer = {
  readonly results: readonly SearchResult[];
  readonly total: number;
  readonly corrections: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
};

const NOISE = 0.25;

/** Searches the collections that `version` names, else the newest of each documentation. */
export function searchCorpus(corpus: Corpus, options: SearchOptions): SearchAnswer {
  const collections = corpus.select(options.version);
  const candidates = collections.flatMap((collection) => {
    const question = readQuestion(options.query, collection.index());
    const measured = measureCandidates(collection, question, options.query, (page) =>
      isWanted(page, options),
    );
    const marks = marksOf(question.concepts, collection.index());
    return measured.map((candidate) => ({ ...candidate, collection, question, marks }));
  });
  const found = rankCandidates(candidates);
  const best = found[0]?.score ?? 0;
  // What matches a common word only, far behind the rest, is no answer.
  const worthy = found.filter(({ score }) => score >= best * NOISE);
  const offset = options.offset ?? 0;
  const results = worthy.slice(offset, offset + options.limit).map((entry) => toResult(entry));
  const questions =
    found.length > 0 ? found.map(({ question }) => question) : readAll(collections, options.query);
  const first = questions[0];
  return {
    results,
    total: worthy.length,
    corrections: first?.corrections ?? {},
    unknown: first?.unknown ?? [],
  };
}

function readAll(collections: readonly Collection[], query: string): Question[] {
  return collections.map((collection) => readQuestion(query, collection.index()));
}

function isWanted(page: Page, { section, kind, language }: SearchOptions): boolean {
  if (kind !== undefined && page.kind !== kind) return false;
  if (language !== undefined && Object.keys(page.languages).length > 0 && !(language in page.languages))
    return false;
  if (section === undefined) return true;
  const folder = section.toLowerCase().replaceAll(/^\/+|\/+$/g, '');
  const address = addressOf(page.path);
  return folder === '' || address === folder || address.startsWith(`${folder}/`);
}

function toResult(entry: Ranked & { collection: Collection; marks: Marks }): SearchResult {
  const { page, collection, marks, score } = entry;
  const markdown = collection.read(page.text);
  const snippets = cutSnippets(page, markdown, entry.sections.slice(0, 2), marks);
  return { page, collection, score: Math.round(score * 1_000) / 1_000, snippets };
}
