/** Postings of one level: the documents in which each term stands, with how much it says about each. */
export type Postings = {
  /** `starts[t]` to `starts[t + 1]` are the postings of term `t`. */
  readonly starts: Uint32Array;
  readonly documents: Uint32Array;
  /** BM25F without the term's rarity: 0 up to K1 + 1. */
  readonly impacts: Float32Array;
  readonly count: number;
  /** How rare each term is: its share of a document's score. */
  readonly rarities: Float32Array;
};

/** The terms of short texts: those of text `n` are `terms[starts[n]]` to `terms[starts[n + 1]]`, each once. */
export type TermLists = { readonly starts: Uint32Array; readonly terms: Uint32Array };

/** The index of one collection: pages as wholes, and their sections. */
export type SearchIndex = {
  readonly terms: ReadonlyMap<string, number>;
  /** Words as they stand in the texts, for the correction of misspelled ones; the commonest first. */
  readonly words: readonly string[];
  readonly pages: Postings;
  readonly chunks: Postings;
  readonly chunkPages: Uint32Array;
  readonly chunkSections: Uint32Array;
  /** What pages are called: four lists a page, of its title, the end of its address, its address, and what it stands under. */
  readonly names: TermLists;
  /** One list a section. */
  readonly headings: TermLists;
};

export const K1 = 2.2;

type ArrayName = keyof typeof ARRAYS;
type Header = {
  format: number;
  pages: number;
  chunks: number;
  arrays: Record<string, number>;
  terms: number;
  words: number;
};

const FORMAT = 3;
const ARRAYS = {
  pageStarts: Uint32Array,
  pageDocuments: Uint32Array,
  pageImpacts: Float32Array,
  chunkStarts: Uint32Array,
  chunkDocuments: Uint32Array,
  chunkImpacts: Float32Array,
  chunkPages: Uint32Array,
  chunkSections: Uint32Array,
  nameStarts: Uint32Array,
  nameTerms: Uint32Array,
  headingStarts: Uint32Array,
  headingTerms: Uint32Array,
} as const;
const NAMES = Object.keys(ARRAYS) as ArrayName[];

const align = (length: number): number => Math.ceil(length / 4) * 4;

/** The index as one file: a header, the arrays as they are in memory (little-endian), and the words. */
export function encodeIndex(index: SearchIndex): Buffer {
  const arrays: Record<ArrayName, Uint32Array | Float32Array> = {
    pageStarts: index.pages.starts,
    pageDocuments: index.pages.documents,
    pageImpacts: index.pages.impacts,
    chunkStarts: index.chunks.starts,
    chunkDocuments: index.chunks.documents,
    chunkImpacts: index.chunks.impacts,
    chunkPages: index.chunkPages,
    chunkSections: index.chunkSections,
    nameStarts: index.names.starts,
    nameTerms: index.names.terms,
    headingStarts: index.headings.starts,
    headingTerms: index.headings.terms,
  };
  const terms = Buffer.from([...index.terms.keys()].join('\n'));
  const words = Buffer.from(index.words.join('\n'));
  const header: Header = {
    format: FORMAT,
    pages: index.pages.count,
    chunks: index.chunks.count,
    arrays: Object.fromEntries(NAMES.map((name) => [name, arrays[name].length])),
    terms: terms.length,
    words: words.length,
  };
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(4 + align(json.length), ' ');
  head.writeUInt32LE(align(json.length), 0);
  json.copy(head, 4);
  const bodies = NAMES.map((name) =>
    Buffer.from(arrays[name].buffer, arrays[name].byteOffset, arrays[name].byteLength),
  );
  return Buffer.concat([head, ...bodies, terms, words]);
}

/** Reads what `encodeIndex` wrote; the arrays are views of `file`. Throws when it isn't such a file. */
export function decodeIndex(file: Buffer): SearchIndex {
  const headerLength = file.readUInt32LE(0);
  const header = JSON.parse(file.subarray(4, 4 + headerLength).toString()) as Header;
  if (header.format !== FORMAT) throw new Error('The index has another format: prepare the corpus again.');
  let at = 4 + headerLength;
  const views = new Map<ArrayName, Uint32Array | Float32Array>();
  // A pooled buffer may start anywhere; typed arrays want an address that is a multiple of four.
  const isAligned = file.byteOffset % 4 === 0 && file.buffer instanceof ArrayBuffer;
  const aligned = isAligned ? file : new Uint8Array(file);
  for (const name of NAMES) {
    const length = header.arrays[name] ?? 0;
    views.set(name, new ARRAYS[name](aligned.buffer as ArrayBuffer, aligned.byteOffset + at, length));
    at += length * 4;
  }
  const terms = linesOf(file.subarray(at, at + header.terms));
  const words = linesOf(file.subarray(at + header.terms, at + header.terms + header.words));
  const integers = (name: ArrayName) => views.get(name) as Uint32Array;
  const floats = (name: ArrayName) => views.get(name) as Float32Array;
  return {
    terms: new Map(terms.map((term, id) => [term, id])),
    words,
    pages: postingsOf({
      starts: integers('pageStarts'),
      documents: integers('pageDocuments'),
      impacts: floats('pageImpacts'),
      count: header.pages,
    }),
    chunks: postingsOf({
      starts: integers('chunkStarts'),
      documents: integers('chunkDocuments'),
      impacts: floats('chunkImpacts'),
      count: header.chunks,
    }),
    chunkPages: integers('chunkPages'),
    chunkSections: integers('chunkSections'),
    names: { starts: integers('nameStarts'), terms: integers('nameTerms') },
    headings: { starts: integers('headingStarts'), terms: integers('headingTerms') },
  };
}

/** Adds how rare each term is. */
export function postingsOf(lists: Omit<Postings, 'rarities'>): Postings {
  const { starts, count } = lists;
  const rarities = new Float32Array(Math.max(0, starts.length - 1));
  for (let term = 0; term < rarities.length; term += 1) {
    const documents = (starts[term + 1] ?? 0) - (starts[term] ?? 0);
    rarities[term] = documents === 0 ? 0 : Math.log(1 + (count - documents + 0.5) / (documents + 0.5));
  }
  return { ...lists, rarities };
}

function linesOf(bytes: Buffer): string[] {
  return bytes.length === 0 ? [] : bytes.toString().split('\n');
}
