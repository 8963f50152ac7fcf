import type { Collection } from '../corpus/store.ts';
import { addressOf } from '../corpus/page.ts';
import type { Operation, Page } from '../corpus/page.ts';
import type { Concept, Question } from './concepts.ts';
import { readIntent } from './intent.ts';
import type { Intent } from './intent.ts';
import type { SearchIndex } from './index-file.ts';
import { rarityOf, scoreDocuments, weightOf } from './score.ts';
import { termsOf } from './tokens.ts';

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

const CANDIDATES = 60;
const SECTIONS = 3;

type Names = {
  title: Set<number>;
  path: Set<number>;
  trail: Set<number>;
  headings: Map<number, Set<number>>;
};
const namesByCollection = new WeakMap<Collection, Map<Page, Names>>();

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
  const first = collection.pages
    .map((page, at) => {
      const whole = (wholes[at] ?? 0) / mostWhole;
      const part = (best[at] ?? 0) / mostPart;
      return { at, page, base: WEIGHTS.page * whole + WEIGHTS.chunk * part };
    })
    .filter(({ page, base }) => (base > 0 || operations.has(page.path)) && isWanted(page))
    .sort((a, b) => b.base + (operations.get(b.page.path) ?? 0) - a.base - (operations.get(a.page.path) ?? 0))
    .slice(0, CANDIDATES);
  return first
    .map(({ at, page, base }) => {
      const names = namesOf(collection, page);
      const headings = bestSections(index, parts, at);
      const context = { page, names, intent, index, concepts: question.concepts, headings };
      const score = base + scoreNames(context) + (operations.get(page.path) ?? 0) * WEIGHTS.operation;
      return { page, score, sections: headings };
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
): { index: number; score: number }[] {
  const starts = chunkStartsOf(index);
  const found: { index: number; score: number }[] = [];
  for (let chunk = starts[page] ?? 0; chunk < (starts[page + 1] ?? 0); chunk += 1) {
    const score = parts[chunk] ?? 0;
    if (score > 0) found.push({ index: index.chunkSections[chunk] ?? 0, score });
  }
  return found.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, SECTIONS);
}

function namesOf(collection: Collection, page: Page): Names {
  const known = namesByCollection.get(collection) ?? new Map<Page, Names>();
  namesByCollection.set(collection, known);
  const cached = known.get(page);
  if (cached !== undefined) return cached;
  const { terms } = collection.index();
  const idsOf = (text: string) =>
    new Set(termsOf(text).flatMap((term) => (terms.has(term) ? [terms.get(term) ?? 0] : [])));
  const names: Names = {
    title: idsOf(page.title),
    path: idsOf(addressOf(page.path).replaceAll(/[/-]/g, ' ')),
    trail: idsOf(page.trail.join(' ')),
    headings: new Map(),
  };
  known.set(page, names);
  return names;
}

type NameContext = {
  readonly page: Page;
  readonly names: Names;
  readonly intent: Intent;
  readonly index: SearchIndex;
  readonly concepts: readonly Concept[];
  readonly headings: readonly { readonly index: number }[];
};

function scoreNames({ page, names, intent, index, concepts, headings }: NameContext): number {
  const weights = concepts.map((concept) => weightOf(index.pages, concept));
  const total = Math.max(
    1e-6,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const coverage = (has: (term: number) => boolean) =>
    concepts.reduce((sum, concept, at) => sum + (weights[at] ?? 0) * coverOf(concept, has), 0) / total;
  const title = coverage((term) => names.title.has(term));
  const named = coverage((term) => names.title.has(term) || names.path.has(term));
  const placed = coverage((term) => names.title.has(term) || names.path.has(term) || names.trail.has(term));
  const heading = headings.slice(0, SECTIONS).reduce((best, { index: at }) => {
    const set = headingTerms(names, page, { at, index });
    return Math.max(
      best,
      coverage((term) => set.has(term)) * (0.4 + 0.6 * precisionOf(set, concepts, index)),
    );
  }, 0);
  return (
    WEIGHTS.title * title +
    WEIGHTS.named * named +
    WEIGHTS.placed * placed +
    WEIGHTS.precision * named * precisionOf(names.title, concepts, index) +
    WEIGHTS.heading * heading +
    WEIGHTS.exact * likenessOf(names.title, concepts, index) +
    WEIGHTS.exactPath * likenessOf(names.path, concepts, index) +
    WEIGHTS.inlinks * Math.log1p(page.inlinks) +
    (page.path.endsWith('index') ? WEIGHTS.index : 0) +
    priorOf(page, intent) -
    (VENDOR_KINDS.has(page.kind) && !isVendorNamed(names.title, concepts, index) ? WEIGHTS.vendor : 0)
  );
}

const VENDOR_KINDS: ReadonlySet<string> = new Set(['integration', 'migration', 'sdk']);

/** True when the question has the rarest word of a name: a page on Okta is no answer to a question without Okta. */
function isVendorNamed(
  names: ReadonlySet<number>,
  concepts: readonly Concept[],
  index: SearchIndex,
): boolean {
  const rarest = Math.max(...[...names].map((term) => rarityOf(index.pages, term)));
  return [...names].some(
    (term) => rarityOf(index.pages, term) >= rarest * 0.8 && bestWeight(term, concepts) >= 0.6,
  );
}

function headingTerms(
  names: Names,
  page: Page,
  { at, index }: { at: number; index: SearchIndex },
): Set<number> {
  const known = names.headings.get(at);
  if (known !== undefined) return known;
  const terms = termsOf(page.sections[at]?.heading ?? '').flatMap((term) => index.terms.get(term) ?? []);
  const set = new Set(terms);
  names.headings.set(at, set);
  return set;
}

/** How much of a name the question accounts for; rare words count more. */
function precisionOf(names: ReadonlySet<number>, concepts: readonly Concept[], index: SearchIndex): number {
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
function likenessOf(names: ReadonlySet<number>, concepts: readonly Concept[], index: SearchIndex): number {
  let [shared, named, asked] = [0, 0, 0];
  for (const term of names) named += rarityOf(index.pages, term);
  for (const { alternatives, weight } of concepts) {
    const term = alternatives[0]?.terms[0] ?? 0;
    const rarity = rarityOf(index.pages, term);
    asked += weight * rarity;
    if (names.has(term)) shared += weight * rarity;
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
