import type { Collection } from '../corpus/store.ts';
import type { Operation, Page } from '../corpus/page.ts';
import type { Concept, Question } from './concepts.ts';
import { readIntent } from './intent.ts';
import type { Intent } from './intent.ts';
import type { SearchIndex } from './index-file.ts';
import { askIndex, compareMeasures, FEATURES, measurePage, measureTopics } from './features.ts';
import type { OwnMeasures } from './features.ts';
import { scoreDocuments, weightOf } from './score.ts';
import { WEIGHTS } from './weights.ts';

/** A page with how well it answers, and its best sections. Scores of different collections can be compared. */
export type Ranked = {
  readonly page: Page;
  readonly score: number;
  readonly sections: readonly { readonly index: number; readonly score: number }[];
};

/** A page that may answer, with what was measured of it by itself. */
export type Candidate = Omit<Ranked, 'score'> & { readonly own: OwnMeasures };

// What a page scores before names and kinds are looked at; those of the most are measured in full.
const PAGE_SHARE = 1.2;
const CHUNK_SHARE = 2.2;
const TOPIC_SHARE = 1.5;
const CANDIDATES = 40;
const SECTIONS = 3;

/** Puts candidates, of one collection or of several, in the order of how well they answer. */
export function rankCandidates<C extends Candidate>(
  candidates: readonly C[],
): (C & { readonly score: number })[] {
  const rows = compareMeasures(candidates.map(({ own }) => own));
  return candidates
    .map((candidate, at) => ({ ...candidate, score: scoreOf(rows[at] as Float64Array) }))
    .sort((a, b) => b.score - a.score || (a.page.path < b.page.path ? -1 : 1));
}

const WEIGHT_LIST = Float64Array.from(FEATURES, (feature) => WEIGHTS[feature]);

function scoreOf(measures: Float64Array): number {
  let score = 0;
  for (let at = 0; at < measures.length; at += 1) score += (WEIGHT_LIST[at] ?? 0) * (measures[at] ?? 0);
  return score;
}

/** The pages that may answer a question with what is measured of each, in no order. `isWanted` filters before anything is counted. */
export function measureCandidates(
  collection: Collection,
  question: Question,
  query: string,
  isWanted: (page: Page) => boolean,
): Candidate[] {
  const index = collection.index();
  const intent = readIntent(query);
  const operations = matchOperations(collection, intent);
  const { concepts } = question;
  const { scores: wholes, covered } = scoreDocuments(index.pages, concepts);
  const { scores: parts, covered: partsCovered } = scoreDocuments(index.chunks, concepts);
  const verbatim = coverNames(index, concepts);
  const asked = askIndex(index, intent, question);
  const mostPart = mostOf(index.chunks, concepts);
  const best = bestOfPages(index, parts);
  const topics = measureTopics(asked);
  const { pages } = collection;
  const bases = new Float64Array(index.pages.count);
  for (let at = 0; at < bases.length; at += 1) {
    const operation = operations.size === 0 ? 0 : (operations.get(pages[at]?.path ?? '') ?? 0);
    const text = (PAGE_SHARE * (wholes[at] ?? 0)) / asked.total + (CHUNK_SHARE * (best[at] ?? 0)) / mostPart;
    bases[at] = text + operation + TOPIC_SHARE * (topics.get(at)?.topicTitle ?? 0);
  }
  return pickBest(bases, pages, isWanted).map((at) => {
    const page = pages[at] as Page;
    const sections = bestSections(index, parts, at);
    const texts = {
      page: (wholes[at] ?? 0) / asked.total,
      chunk: (sections[0]?.score ?? 0) / mostPart,
      second: (sections[1]?.score ?? 0) / mostPart,
      covered: (covered[at] ?? 0) / asked.total,
      chunkCovered: (partsCovered[sections[0]?.chunk ?? -1] ?? 0) / mostPart,
      ...measureSections(index, partsCovered, at, mostPart),
      operation: operations.get(page.path) ?? 0,
      verbatim: verbatim?.[at] ?? 0,
    };
    const topic = topics.get(at);
    const own = measurePage(asked, page, at, { texts, topic, sections: sections.map(({ chunk }) => chunk) });
    return { page, sections, own };
  });
}

/** The pages with the highest numbers, best first. Of pages with the same text one is enough: a documentation that was moved keeps copies. */
function pickBest(bases: Float64Array, pages: readonly Page[], isWanted: (page: Page) => boolean): number[] {
  // Numbers that hold their page sort without a callback.
  const count = bases.length;
  const keys = bases.map((base, at) => Math.round(base * 1e6) * count + (count - 1 - at)).sort();
  const seen = new Set<string>();
  const picked: number[] = [];
  for (let place = count - 1; place >= 0 && picked.length < CANDIDATES; place -= 1) {
    const at = count - 1 - ((keys[place] ?? 0) % count);
    const page = pages[at];
    if ((bases[at] ?? 0) <= 0) break;
    if (page === undefined || seen.has(page.hash) || !isWanted(page)) continue;
    seen.add(page.hash);
    picked.push(at);
  }
  return picked;
}

/** Which share of the question's names, such as `external_id`, each page has; null when it has no name. */
function coverNames(index: SearchIndex, concepts: readonly Concept[]): Float32Array | null {
  const names = concepts
    .filter(({ isName }) => isName)
    .map((concept) => ({ ...concept, alternatives: concept.alternatives.slice(0, 1) }));
  if (names.length === 0) return null;
  const most = mostOf(index.pages, names);
  return scoreDocuments(index.pages, names).covered.map((covered) => covered / most);
}

/** How much of the question the sections of a page have on average, and how many there are. */
function measureSections(
  index: SearchIndex,
  covered: Float32Array,
  page: number,
  most: number,
): { meanCovered: number; length: number } {
  const starts = chunkStartsOf(index);
  const [start, end] = [starts[page] ?? 0, starts[page + 1] ?? 0];
  let sum = 0;
  for (let chunk = start; chunk < end; chunk += 1) sum += covered[chunk] ?? 0;
  return { meanCovered: sum / most / Math.max(1, end - start), length: Math.log1p(end - start) / 4 };
}

const mostOf = (postings: SearchIndex['pages'], concepts: Question['concepts']): number =>
  Math.max(
    1e-6,
    concepts.reduce((sum, concept) => sum + weightOf(postings, concept), 0),
  );

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
  if (intent.path === null) return 0;
  const [path, asked] = [patternOf(operation.path), patternOf(intent.path)];
  // `/invitations` is the end of `/user_management/invitations`.
  if (asked.length < 2 || !path.endsWith(asked)) return 0;
  const likeness = path === asked ? 1 : 0.5;
  if (intent.method === null) return 0.6 * likeness;
  return (operation.method === intent.method ? 1 : 0.2) * likeness;
}

/** `/users/:id`, `/users/{id}` and `/users/user_01H...` are one path. */
export function patternOf(path: string): string {
  return path
    .toLowerCase()
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/[?#].*$/, '')
    .replaceAll(
      /\/(?::[\w-]+|\{[^}]*\}|<[^>]*>|[a-z]+(?:_[a-z]+)*_(?=[a-z]*\d)[0-9a-z]{4,}|\d+|\.\.\.|…)/g,
      '/*',
    )
    .replace(/\/+$/, '');
}
