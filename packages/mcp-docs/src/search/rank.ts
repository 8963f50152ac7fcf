import type { Collection } from '../corpus/store.ts';
import type { Operation, Page } from '../corpus/page.ts';
import type { Concept, Question } from './concepts.ts';
import { readIntent } from './intent.ts';
import type { Intent } from './intent.ts';
import type { SearchIndex, TermLists } from './index-file.ts';
import { rarityOf, scoreDocuments, weightOf } from './score.ts';

/** A page with how well it answers, and its best sections. Scores of different collections can be compared. */
export type Ranked = {
  readonly page: Page;
  readonly score: number;
  readonly sections: readonly { readonly index: number; readonly score: number }[];
};

// Found by measuring the tuning half of questions/; see src/evaluate.ts.
export const WEIGHTS = {
  exact: 0.1,
  exactPath: 0.3,
  page: 1.2,
  chunk: 2.2,
  title: 0.4,
  named: 0.2,
  placed: 0.2,
  precision: 0.75,
  heading: 0.9,
  operation: 4,
  kind: 0.6,
  inlinks: 0.045,
  index: 0.03,
  glossary: 0.1,
  vendor: 0.6,
};

const CANDIDATES = 40;
const SECTIONS = 3;

/** The pages of a collection that answer a question, best first. `isWanted` filters before anything is counted. */
export function rankPages(
  collection: Collection,
  question: Question,
  query: string,
  isWanted: (page: Page) => boolean,
): Ranked[] {
  const index = collection.index();
  const intent = readIntent(query);
  const operations = matchOperations(collection, intent);
  const wholes = scoreDocuments(index.pages, question.concepts);
  const parts = scoreDocuments(index.chunks, question.concepts);
  const most = (postings: SearchIndex['pages']) =>
    Math.max(
      1e-6,
      question.concepts.reduce((sum, concept) => sum + weightOf(postings, concept), 0),
    );
  const [mostWhole, mostPart] = [most(index.pages), most(index.chunks)];
  const best = bestOfPages(index, parts);
  const bases = new Float32Array(index.pages.count);
  const order: number[] = [];
  for (let at = 0; at < bases.length; at += 1) {
    const page = collection.pages[at];
    if (page === undefined) continue;
    const operation = operations.get(page.path) ?? 0;
    const base =
      (WEIGHTS.page * (wholes[at] ?? 0)) / mostWhole + (WEIGHTS.chunk * (best[at] ?? 0)) / mostPart;
    if ((base === 0 && operation === 0) || !isWanted(page)) continue;
    bases[at] = base + operation;
    order.push(at);
  }
  order.sort((a, b) => (bases[b] ?? 0) - (bases[a] ?? 0));
  const asked = { concepts: question.concepts, weights: weightsOf(index, question.concepts), intent, index };
  return order
    .slice(0, CANDIDATES)
    .map((at) => {
      const page = collection.pages[at] as Page;
      const operation = operations.get(page.path) ?? 0;
      const sections = bestSections(index, parts, at);
      const base = (bases[at] ?? 0) - operation;
      const score = base + scoreNames({ ...asked, page, at, sections }) + operation * WEIGHTS.operation;
      return { page, score, sections };
    })
    .sort((a, b) => b.score - a.score || (a.page.path < b.page.path ? -1 : 1));
}

/** The score of each page's best section. */
function bestOfPages(index: SearchIndex, parts: Float32Array): Float32Array {
  const best = new Float32Array(index.pages.count);
  for (let chunk = 0; chunk < parts.length; chunk += 1) {
    const page = index.chunkPages[chunk] ?? 0;
    const score = parts[chunk] ?? 0;
    if (score > (best[page] ?? 0)) best[page] = score;
  }
  return best;
}

const chunkStarts = new WeakMap<SearchIndex, Uint32Array>();

/** Where the sections of each page begin among all sections: they lie together. */
function chunkStartsOf(index: SearchIndex): Uint32Array {
  const known = chunkStarts.get(index);
  if (known !== undefined) return known;
  const starts = new Uint32Array(index.pages.count + 1);
  for (const page of index.chunkPages) starts[page + 1] = (starts[page + 1] ?? 0) + 1;
  for (let page = 0; page < index.pages.count; page += 1)
    starts[page + 1] = (starts[page + 1] ?? 0) + (starts[page] ?? 0);
  chunkStarts.set(index, starts);
  return starts;
}

/** The sections of a page that answer best, best first. */
function bestSections(
  index: SearchIndex,
  parts: Float32Array,
  page: number,
): { index: number; chunk: number; score: number }[] {
  const starts = chunkStartsOf(index);
  const found: { index: number; chunk: number; score: number }[] = [];
  for (let chunk = starts[page] ?? 0; chunk < (starts[page + 1] ?? 0); chunk += 1) {
    const score = parts[chunk] ?? 0;
    if (score > 0) found.push({ index: index.chunkSections[chunk] ?? 0, chunk, score });
  }
  return found.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, SECTIONS);
}

const weightsOf = (index: SearchIndex, concepts: readonly Concept[]): number[] =>
  concepts.map((concept) => weightOf(index.pages, concept));

type NameContext = {
  readonly page: Page;
  readonly at: number;
  readonly intent: Intent;
  readonly index: SearchIndex;
  readonly concepts: readonly Concept[];
  readonly weights: readonly number[];
  readonly sections: readonly { readonly chunk: number }[];
};

/** The terms of the n-th text of a list. */
const listOf = ({ starts, terms }: TermLists, n: number): Uint32Array =>
  terms.subarray(starts[n] ?? 0, starts[n + 1] ?? 0);

function scoreNames({ page, at, intent, index, concepts, weights, sections }: NameContext): number {
  const total = Math.max(
    1e-6,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const coverage = (has: (term: number) => boolean) =>
    concepts.reduce((sum, concept, n) => sum + (weights[n] ?? 0) * coverOf(concept, has), 0) / total;
  const titles = listOf(index.names, at * 3);
  const path = listOf(index.names, at * 3 + 1);
  const trail = listOf(index.names, at * 3 + 2);
  const isNamed = (term: number) => titles.includes(term) || path.includes(term);
  const named = coverage(isNamed);
  const heading = sections.reduce((best, { chunk }) => {
    const terms = listOf(index.headings, chunk);
    const covered = terms.length === 0 ? 0 : coverage((term) => terms.includes(term));
    return covered === 0 ? best : Math.max(best, covered * (0.4 + 0.6 * precisionOf(terms, concepts, index)));
  }, 0);
  return (
    WEIGHTS.title * coverage((term) => titles.includes(term)) +
    WEIGHTS.named * named +
    WEIGHTS.placed * coverage((term) => isNamed(term) || trail.includes(term)) +
    WEIGHTS.precision * named * precisionOf(titles, concepts, index) +
    WEIGHTS.heading * heading +
    WEIGHTS.exact * likenessOf(titles, concepts, index) +
    WEIGHTS.exactPath * likenessOf(path, concepts, index) +
    WEIGHTS.inlinks * Math.log1p(page.inlinks) +
    (page.path.endsWith('index') ? WEIGHTS.index : 0) +
    priorOf(page, intent) -
    (VENDOR_KINDS.has(page.kind) && !isVendorNamed(titles, concepts, index) ? WEIGHTS.vendor : 0)
  );
}

const VENDOR_KINDS: ReadonlySet<string> = new Set(['integration', 'migration', 'sdk']);

/** True when the question has the rarest word of a name: a page on Okta is no answer to a question without Okta. */
function isVendorNamed(names: Uint32Array, concepts: readonly Concept[], index: SearchIndex): boolean {
  const rarest = names.reduce((most, term) => Math.max(most, rarityOf(index.pages, term)), 0);
  return names.some(
    (term) => rarityOf(index.pages, term) >= rarest * 0.8 && bestWeight(term, concepts) >= 0.6,
  );
}

/** How much of a name the question accounts for; rare words count more. */
function precisionOf(names: Uint32Array, concepts: readonly Concept[], index: SearchIndex): number {
  let matched = 0;
  let total = 0;
  for (const term of names) {
    const rarity = rarityOf(index.pages, term);
    total += rarity;
    matched += rarity * bestWeight(term, concepts);
  }
  return total === 0 ? 0 : matched / total;
}

/** How nearly a name is the question itself, in the question's own words: 1 when neither has a word that the other lacks. */
function likenessOf(names: Uint32Array, concepts: readonly Concept[], index: SearchIndex): number {
  let [shared, named, asked] = [0, 0, 0];
  for (const term of names) named += rarityOf(index.pages, term);
  for (const { alternatives, weight } of concepts) {
    const term = alternatives[0]?.terms[0] ?? 0;
    const rarity = rarityOf(index.pages, term);
    asked += weight * rarity;
    if (names.includes(term)) shared += weight * rarity;
  }
  return shared === 0 ? 0 : (shared * shared) / (named * asked);
}

function bestWeight(term: number, concepts: readonly Concept[]): number {
  let best = 0;
  for (const { alternatives } of concepts) {
    for (const { terms, weight } of alternatives) {
      if (weight > best && terms.includes(term)) best = weight;
    }
  }
  return best;
}

function coverOf({ alternatives }: Concept, has: (term: number) => boolean): number {
  let best = 0;
  for (const { terms, weight } of alternatives) {
    if (weight > best && terms.every(has)) best = weight;
  }
  return best;
}

function priorOf(page: Page, intent: Intent): number {
  const isReference = page.kind === 'reference';
  if (intent.wantsDefinition && page.kind === 'glossary') return WEIGHTS.glossary;
  if (intent.wantsReference) return isReference ? WEIGHTS.kind : 0;
  return isReference ? -WEIGHTS.kind / 2 : 0;
}

/** The pages whose operation the question names: 1 for method and path, less for the path alone. */
function matchOperations(collection: Collection, intent: Intent): Map<string, number> {
  const found = new Map<string, number>();
  if (intent.path === null) return found;
  for (const operation of collection.extras().operations) {
    const match = scoreOperation(operation, intent);
    if (match > (found.get(operation.page) ?? 0)) found.set(operation.page, match);
  }
  return found;
}

function scoreOperation(operation: Operation, intent: Intent): number {
  if (intent.path === null || patternOf(operation.path) !== patternOf(intent.path)) return 0;
  if (intent.method === null) return 0.6;
  return operation.method === intent.method ? 1 : 0.2;
}

/** `/users/:id`, `/users/{id}` and `/users/user_01H...` are one path. */
export function patternOf(path: string): string {
  return path
    .toLowerCase()
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/[?#].*$/, '')
    .replaceAll(/\/(?::[\w-]+|\{[^}]*\}|<[^>]*>|[a-z]+_[0-9a-z]{8,}|\d+|\.\.\.|…)/g, '/*')
    .replace(/\/+$/, '');
}
