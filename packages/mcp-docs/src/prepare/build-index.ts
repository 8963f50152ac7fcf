import { findSections } from '../corpus/sections.ts';
import { addressOf } from '../corpus/page.ts';
import type { Section } from '../corpus/page.ts';
import { K1, postingsOf } from '../search/index-file.ts';
import type { Postings, SearchIndex, TermLists } from '../search/index-file.ts';
import { termsOf, wordsOf } from '../search/tokens.ts';
import type { DraftPage } from './draft.ts';
import type { Anchor } from './links.ts';

/** How much a word in a field counts, and how much the field's length takes away from it (BM25F). */
type Field = { readonly weight: number; readonly b: number };

const PAGE_FIELDS = {
  title: { weight: 7, b: 0.4 },
  names: { weight: 4, b: 0.6 },
  path: { weight: 3.5, b: 0.4 },
  headings: { weight: 2.5, b: 0.6 },
  anchors: { weight: 2.5, b: 0.7 },
  description: { weight: 2, b: 0.5 },
  defined: { weight: 2, b: 0.5 },
  trail: { weight: 1.2, b: 0.4 },
  body: { weight: 1, b: 0.75 },
} as const satisfies Record<string, Field>;

const CHUNK_FIELDS = {
  heading: { weight: 5, b: 0.4 },
  parents: { weight: 1.5, b: 0.5 },
  title: { weight: 2.5, b: 0.4 },
  anchors: { weight: 3, b: 0.6 },
  defined: { weight: 2, b: 0.5 },
  body: { weight: 1, b: 0.6 },
} as const satisfies Record<string, Field>;

type Fields = Readonly<Record<string, Field>>;
type Texts = Readonly<Record<string, string>>;

const MIN_WORD = 4;
const URL = /https?:\/\/\S+/g;

/** Builds the index of a collection's pages. The same pages give the same bytes. */
export function buildIndex(pages: readonly DraftPage[], anchors: readonly Anchor[]): SearchIndex {
  const words = new Map<string, number>();
  const sections = pages.map(({ markdown }) => findSections(markdown));
  const links = groupAnchors(anchors);
  const pageTexts = pages.map((page, index) =>
    textsOfPage(page, sections[index] ?? [], links.get(`${index}`) ?? []),
  );
  const chunks = sections.flatMap((list, page) => list.map((_, section) => ({ page, section })));
  const chunkTexts = pages.flatMap((page, index) => {
    const list = sections[index] ?? [];
    return list.map((_, at) => textsOfChunk({ page, index, sections: list, links }, at));
  });
  const terms = new Map<string, number>();
  const pagePostings = collectPostings(pageTexts, PAGE_FIELDS, { terms, words });
  const chunkPostings = collectPostings(chunkTexts, CHUNK_FIELDS, { terms, words: new Map() });
  const ids = [...terms.keys()].sort();
  const idOf = new Map(ids.map((term, id) => [term, id]));
  return {
    terms: idOf,
    words: commonWords(words),
    pages: packPostings(pagePostings, ids, pages.length),
    chunks: packPostings(chunkPostings, ids, chunks.length),
    chunkPages: Uint32Array.from(chunks, ({ page }) => page),
    chunkSections: Uint32Array.from(chunks, ({ section }) => section),
    names: packTerms(pages.flatMap(namesOf), idOf),
    headings: packTerms(
      sections.flatMap((list) => list.map(({ heading }) => heading)),
      idOf,
    ),
  };
}

const lastOf = (address: string): string => address.slice(address.lastIndexOf('/') + 1);

const namesOf = (page: DraftPage): string[] => [
  page.title,
  lastOf(addressOf(page.path)).replaceAll('-', ' '),
  addressOf(page.path).replaceAll(/[/-]/g, ' '),
  page.trail.join(' '),
];

function packTerms(texts: readonly string[], idOf: ReadonlyMap<string, number>): TermLists {
  const lists = texts.map((text) => [...new Set(termsOf(text).flatMap((term) => idOf.get(term) ?? []))]);
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach((list, at) => (starts[at + 1] = (starts[at] ?? 0) + list.length));
  return { starts, terms: Uint32Array.from(lists.flat()) };
}

function groupAnchors(anchors: readonly Anchor[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  const add = (key: string, text: string) => {
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [text]);
    else list.push(text);
  };
  for (const { page, slug, text } of anchors) {
    add(`${page}`, text);
    if (slug !== '') add(`${page}#${slug}`, text);
  }
  return groups;
}

function textsOfPage(page: DraftPage, sections: readonly Section[], anchors: readonly string[]): Texts {
  return {
    title: page.title,
    names: page.names.join('\n'),
    path: page.path.replaceAll('/', ' '),
    headings: sections.map(({ heading }) => heading).join('\n'),
    anchors: anchors.slice(0, 60).join('\n'),
    description: page.description,
    defined: definedIn(page.markdown),
    trail: page.trail.join('\n'),
    body: page.markdown.replaceAll(URL, ' '),
  };
}

type ChunkContext = {
  readonly page: DraftPage;
  readonly index: number;
  readonly sections: readonly Section[];
  readonly links: ReadonlyMap<string, readonly string[]>;
};

function textsOfChunk({ page, index, sections, links }: ChunkContext, at: number): Texts {
  const section = sections[at];
  if (section === undefined) return {};
  return {
    heading: section.heading,
    parents: parentHeadings(sections, at).join('\n'),
    title: `${page.title}\n${page.path.replaceAll('/', ' ')}`,
    anchors: (links.get(`${index}#${section.slug}`) ?? []).slice(0, 20).join('\n'),
    defined: definedIn(page.markdown.slice(section.start, section.end)),
    body: page.markdown.slice(section.start, section.end).replaceAll(URL, ' '),
  };
}

// The first cell of a table row, or the head of a list item: there a field or an error code is explained.
const DEFINED = /^(?:\|\s*|\s*[-*]\s+)(?:\*\*)?`([^`\n]{2,60})`/gm;

function definedIn(markdown: string): string {
  return [...markdown.matchAll(DEFINED)].map((match) => match[1] ?? '').join('\n');
}

/** The headings that a section stands under. */
export function parentHeadings(sections: readonly Section[], index: number): string[] {
  const parents: string[] = [];
  let level = sections[index]?.level ?? 0;
  for (let at = index - 1; at >= 0 && level > 1; at -= 1) {
    const section = sections[at];
    if (section === undefined || section.level >= level || section.level === 0) continue;
    parents.unshift(section.heading);
    level = section.level;
  }
  return parents;
}

type Sinks = { readonly terms: Map<string, number>; readonly words: Map<string, number> };
type Counts = Map<string, Map<string, number>>;

function collectPostings(
  documents: readonly Texts[],
  fields: Fields,
  sinks: Sinks,
): Map<string, [number, number][]> {
  const names = Object.keys(fields);
  const lengths = new Map(names.map((name) => [name, 0]));
  const counted = documents.map((texts) => {
    const counts: Counts = new Map();
    const sizes = new Map<string, number>();
    for (const name of names) {
      const size = countTerms(texts[name] ?? '', name, counts, sinks);
      sizes.set(name, size);
      lengths.set(name, (lengths.get(name) ?? 0) + size);
    }
    return { counts, sizes };
  });
  const postings = new Map<string, [number, number][]>();
  counted.forEach(({ counts, sizes }, document) => {
    for (const [term, byField] of counts) {
      let frequency = 0;
      for (const [name, count] of byField) {
        const field = fields[name] ?? { weight: 0, b: 0 };
        const average = Math.max(1, (lengths.get(name) ?? 0) / Math.max(1, documents.length));
        frequency += (field.weight * count) / (1 - field.b + (field.b * (sizes.get(name) ?? 0)) / average);
      }
      const impact = (frequency * (K1 + 1)) / (K1 + frequency);
      const list = postings.get(term);
      if (list === undefined) postings.set(term, [[document, impact]]);
      else list.push([document, impact]);
    }
  });
  return postings;
}

function countTerms(text: string, field: string, counts: Counts, { terms, words }: Sinks): number {
  let size = 0;
  for (const word of wordsOf(text)) {
    if (word.raw.length >= MIN_WORD && /^[\p{L}]+$/u.test(word.raw))
      words.set(word.raw, (words.get(word.raw) ?? 0) + 1);
    for (const term of word.terms) {
      size += 1;
      if (!terms.has(term)) terms.set(term, 0);
      const byField = counts.get(term) ?? new Map<string, number>();
      byField.set(field, (byField.get(field) ?? 0) + 1);
      counts.set(term, byField);
    }
  }
  return size;
}

function packPostings(
  postings: ReadonlyMap<string, [number, number][]>,
  ids: readonly string[],
  count: number,
): Postings {
  const total = [...postings.values()].reduce((sum, list) => sum + list.length, 0);
  const starts = new Uint32Array(ids.length + 1);
  const documents = new Uint32Array(total);
  const impacts = new Float32Array(total);
  let at = 0;
  ids.forEach((term, id) => {
    starts[id] = at;
    for (const [document, impact] of postings.get(term) ?? []) {
      documents[at] = document;
      impacts[at] = impact;
      at += 1;
    }
  });
  starts[ids.length] = at;
  return postingsOf({ starts, documents, impacts, count });
}

function commonWords(words: ReadonlyMap<string, number>): string[] {
  return [...words].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}
