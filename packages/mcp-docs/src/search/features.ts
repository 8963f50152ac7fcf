import type { Page } from '../corpus/page.ts';
import type { Concept, Question } from './concepts.ts';
import { coverage, createLookup } from './coverage.ts';
import type { Lookup } from './coverage.ts';
import type { Action, Intent } from './intent.ts';
import { actionsOf } from './intent.ts';
import type { SearchIndex, TermLists } from './index-file.ts';
import { rarityOf, weightOf } from './score.ts';
import { wordsOf } from './tokens.ts';
import { readGuesses } from './topics.ts';
import type { TopicGuess } from './topics.ts';

/** What is measured of a page by itself. */
const OWN = [
  'page',
  'chunk',
  'second',
  'covered',
  'chunkCovered',
  'meanCovered',
  'title',
  'named',
  'placed',
  'titlePrecision',
  'lastPrecision',
  'heading',
  'exactPath',
  'exactTitle',
  'topic',
  'topicTitle',
  'verbatim',
  'operation',
  'action',
  'otherAction',
  'inlinks',
  'index',
  'depth',
  'vendor',
  'reference',
  'referenceApi',
  'referenceIdentifier',
  'referenceSteps',
  'referenceAction',
  'object',
  'objectAction',
  'glossary',
  'glossaryDefinition',
  'sdk',
  'migration',
  'integration',
  'length',
] as const;
type OwnFeature = (typeof OWN)[number];

/** What is measured again as a share of the best that any page has: a poor fit is a good one when nothing fits better. */
const COMPARED = [
  'page',
  'chunk',
  'second',
  'covered',
  'chunkCovered',
  'meanCovered',
  'title',
  'named',
  'placed',
  'titlePrecision',
  'lastPrecision',
  'heading',
  'exactPath',
  'topic',
  'topicTitle',
] as const satisfies readonly OwnFeature[];
type Compared = (typeof COMPARED)[number];

/** What is measured of a page for a question. A page's score is the sum of these, each times its weight. */
export type Feature = OwnFeature | `${Compared}Share`;
export const FEATURES: readonly Feature[] = [...OWN, ...COMPARED.map((name) => `${name}Share` as const)];
export type Weights = Readonly<Record<Feature, number>>;
export type OwnMeasures = Readonly<Record<OwnFeature, number>>;

/** A question, weighed against the index of one collection. */
export type Asked = {
  readonly index: SearchIndex;
  readonly intent: Intent;
  readonly concepts: readonly Concept[];
  readonly guesses: readonly TopicGuess[];
  readonly lookup: Lookup;
  /** How much all ideas say. */
  readonly total: number;
};

/** What the text scores of a page are, each a share of the most that the question could score. */
export type TextScores = {
  readonly page: number;
  readonly chunk: number;
  readonly second: number;
  readonly covered: number;
  readonly chunkCovered: number;
  /** How much of the question a section has on average. */
  readonly meanCovered: number;
  /** How many sections there are, as a logarithm. */
  readonly length: number;
  readonly operation: number;
  /** Which share of the names in the question, as programs write them, it has. */
  readonly verbatim: number;
};

export function askIndex(index: SearchIndex, intent: Intent, { concepts, stems }: Question): Asked {
  const weights = concepts.map((concept) => weightOf(index.pages, concept));
  const total = Math.max(
    1e-6,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const lookup = createLookup(concepts, weights, total);
  return { index, intent, concepts, lookup, total, guesses: readGuesses(stems, index.terms) };
}

/** Measures one page. `sections` are the numbers of its best sections. */
export function measurePage(
  asked: Asked,
  page: Page,
  at: number,
  { texts, sections, topic }: { texts: TextScores; sections: readonly number[]; topic: TopicFit | undefined },
): OwnMeasures {
  const { index, lookup } = asked;
  const { titles, last, path, trail } = namesOf(index, at);
  const named = coverage(lookup, [titles, path]);
  const lastCovered = coverage(lookup, [last]);
  const heading = bestHeading(asked, sections);
  const kind = measureKind(asked, page, titles);
  // Written out: an object that is spread together is ten times slower.
  return {
    page: texts.page,
    chunk: texts.chunk,
    second: texts.second,
    covered: texts.covered,
    chunkCovered: texts.chunkCovered,
    meanCovered: texts.meanCovered,
    length: texts.length,
    operation: texts.operation,
    verbatim: texts.verbatim,
    title: coverage(lookup, [titles]),
    named,
    placed: coverage(lookup, [titles, path, trail]),
    titlePrecision: named * precisionOf(titles, asked),
    lastPrecision: lastCovered * precisionOf(last, asked),
    heading,
    exactPath: Math.max(likenessOf(path, asked), likenessOf(last, asked)),
    exactTitle: likenessOf(titles, asked) ** 2,
    topic: topic?.topic ?? 0,
    topicTitle: topic?.topicTitle ?? 0,
    action: kind.action,
    otherAction: kind.otherAction,
    inlinks: kind.inlinks,
    index: kind.index,
    depth: kind.depth,
    vendor: kind.vendor,
    reference: kind.reference,
    referenceApi: kind.referenceApi,
    referenceIdentifier: kind.referenceIdentifier,
    referenceSteps: kind.referenceSteps,
    referenceAction: kind.referenceAction,
    object: kind.object,
    objectAction: kind.objectAction,
    glossary: kind.glossary,
    sdk: kind.sdk,
    migration: kind.migration,
    integration: kind.integration,
    glossaryDefinition: page.kind === 'glossary' && asked.intent.wantsDefinition ? heading : 0,
  };
}

type Names = {
  readonly titles: Uint32Array;
  readonly last: Uint32Array;
  readonly path: Uint32Array;
  readonly trail: Uint32Array;
};

const namesOf = ({ names }: SearchIndex, page: number): Names => ({
  titles: listOf(names, page * 4),
  last: listOf(names, page * 4 + 1),
  path: listOf(names, page * 4 + 2),
  trail: listOf(names, page * 4 + 3),
});

const pagesByName = new WeakMap<SearchIndex, ReadonlyMap<number, readonly number[]>>();

/** The pages by the terms of their names. */
function pagesNamed(index: SearchIndex): ReadonlyMap<number, readonly number[]> {
  const known = pagesByName.get(index);
  if (known !== undefined) return known;
  const named = new Map<number, number[]>();
  for (let page = 0; page < index.pages.count; page += 1) {
    const terms = index.names.terms.subarray(index.names.starts[page * 4], index.names.starts[page * 4 + 4]);
    for (const term of new Set(terms)) {
      const pages = named.get(term);
      if (pages === undefined) named.set(term, [page]);
      else pages.push(page);
    }
  }
  pagesByName.set(index, named);
  return named;
}

export type TopicFit = { topic: number; topicTitle: number };

/**
 * For each page whose names tell of a topic that the question may be about: how sure that is, and how sure it is that the
 * page is about nothing else.
 */
export function measureTopics({ index, guesses }: Asked): ReadonlyMap<number, TopicFit> {
  const named = pagesNamed(index);
  const fits = new Map<number, TopicFit>();
  for (const { names: topics, share } of guesses) {
    for (const name of topics) {
      const lists = name.map((term) => named.get(term) ?? []).sort((a, b) => a.length - b.length);
      for (const page of lists[0] ?? []) {
        const names = namesOf(index, page);
        const place = placeOf(names, name);
        if (place === 0) continue;
        const fit = fits.get(page) ?? { topic: 0, topicTitle: 0 };
        const precision = Math.max(shareOf(index, names.titles, name), shareOf(index, names.last, name));
        fit.topic = Math.max(fit.topic, share * place);
        fit.topicTitle = Math.max(fit.topicTitle, share * precision);
        fits.set(page, fit);
      }
    }
  }
  return fits;
}

/** 1 when title and address have all the terms, less when some are only in what the page stands under, else 0. */
function placeOf({ titles, path, trail }: Names, terms: readonly number[]): number {
  let place = 1;
  for (const term of terms) {
    if (titles.includes(term) || path.includes(term)) continue;
    if (!trail.includes(term)) return 0;
    place = 0.6;
  }
  return place;
}

/** Which share of a name, by rarity, are terms of another. */
function shareOf(index: SearchIndex, names: Uint32Array, terms: readonly number[]): number {
  let [matched, total] = [0, 0];
  for (const term of names) {
    const rarity = rarityOf(index.pages, term);
    total += rarity;
    if (terms.includes(term)) matched += rarity;
  }
  return total === 0 ? 0 : matched / total;
}

const COMPARED_AT = COMPARED.map((name) => OWN.indexOf(name));

/** What was measured of each page, in the order of FEATURES: by itself, and then as a share of the best of all. */
export function compareMeasures(all: readonly OwnMeasures[]): Float64Array[] {
  const rows = all.map((own) => {
    const row = new Float64Array(FEATURES.length);
    for (let at = 0; at < OWN.length; at += 1) row[at] = own[OWN[at] as OwnFeature];
    return row;
  });
  COMPARED_AT.forEach((own, at) => {
    let best = 1e-6;
    for (const row of rows) best = Math.max(best, row[own] ?? 0);
    for (const row of rows) row[OWN.length + at] = (row[own] ?? 0) / best;
  });
  return rows;
}

type KindFeature =
  | 'action'
  | 'otherAction'
  | 'inlinks'
  | 'index'
  | 'depth'
  | 'vendor'
  | 'reference'
  | 'referenceApi'
  | 'referenceIdentifier'
  | 'referenceSteps'
  | 'referenceAction'
  | 'object'
  | 'objectAction'
  | 'glossary'
  | 'sdk'
  | 'migration'
  | 'integration';

const VENDOR_KINDS: ReadonlySet<string> = new Set(['integration', 'migration', 'sdk']);
const share = (isSo: boolean): number => (isSo ? 1 : 0);

/** What does not depend on the words, or only on what sort of question it is. */
function measureKind(asked: Asked, page: Page, titles: Uint32Array): Record<KindFeature, number> {
  const { intent } = asked;
  const isReference = page.kind === 'reference';
  const action = isReference ? actionOf(page) : null;
  const isAction = intent.actions.size > 0;
  const isObject = isReference && page.path.endsWith('index');
  return {
    action: share(action !== null && intent.actions.has(action)),
    otherAction: share(isAction && action !== null && !intent.actions.has(action)),
    inlinks: Math.log1p(page.inlinks) / 5,
    index: share(page.path.endsWith('index')),
    depth: page.path.split('/').length / 5,
    vendor: -share(VENDOR_KINDS.has(page.kind) && !isVendorNamed(titles, asked)),
    reference: share(isReference),
    referenceApi: share(isReference && intent.isAboutApi),
    referenceIdentifier: share(isReference && intent.hasIdentifier),
    referenceSteps: share(isReference && intent.wantsSteps),
    referenceAction: share(isReference && isAction),
    object: share(isObject),
    objectAction: share(isObject && isAction),
    glossary: share(page.kind === 'glossary'),
    sdk: share(page.kind === 'sdk'),
    migration: share(page.kind === 'migration'),
    integration: share(page.kind === 'integration'),
  };
}

const actions = new WeakMap<Page, { action: Action | null }>();

/** What the operation of a reference page does, read from its title: `List users`. */
function actionOf(page: Page): Action | null {
  const known = actions.get(page);
  if (known !== undefined) return known.action;
  const first = wordsOf(page.title)[0]?.raw ?? '';
  const action = actionsOf(first)[0] ?? null;
  actions.set(page, { action });
  return action;
}

/** The terms of the n-th text of a list. */
export const listOf = ({ starts, terms }: TermLists, n: number): Uint32Array =>
  terms.subarray(starts[n] ?? 0, starts[n + 1] ?? 0);

function bestHeading(asked: Asked, sections: readonly number[]): number {
  let best = 0;
  for (const section of sections) {
    const terms = listOf(asked.index.headings, section);
    const covered = terms.length === 0 ? 0 : coverage(asked.lookup, [terms]);
    if (covered > 0) best = Math.max(best, covered * (0.4 + 0.6 * precisionOf(terms, asked)));
  }
  return best;
}

/** True when the question has the rarest word of a name: a page on Okta is no answer to a question without Okta. */
function isVendorNamed(names: Uint32Array, { index, lookup }: Asked): boolean {
  let rarest = 0;
  for (const term of names) rarest = Math.max(rarest, rarityOf(index.pages, term));
  return names.some(
    (term) => rarityOf(index.pages, term) >= rarest * 0.8 && (lookup.best.get(term) ?? 0) >= 0.6,
  );
}

/** How much of a name the question accounts for; rare words count more. */
function precisionOf(names: Uint32Array, { index, lookup }: Asked): number {
  let matched = 0;
  let total = 0;
  for (const term of names) {
    const rarity = rarityOf(index.pages, term);
    total += rarity;
    matched += rarity * (lookup.best.get(term) ?? 0);
  }
  return total === 0 ? 0 : matched / total;
}

/** How nearly a name is the question itself, in the question's own words: 1 when neither has a word that the other lacks. */
function likenessOf(names: Uint32Array, { index, concepts }: Asked): number {
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
