import type { Alternative, Concept } from './concepts.ts';
import { K1 } from './index-file.ts';
import type { Postings } from './index-file.ts';

// A synonym that is rarer than the word that was asked doesn't outweigh it by more than this.
const MAX_GAIN = 2;

/** How rare a term is: its share of a document's score. */
export const rarityOf = (postings: Postings, term: number): number => postings.rarities[term] ?? 0;

type Scratch = {
  readonly best: Float32Array;
  readonly cover: Float32Array;
  readonly sum: Float32Array;
  readonly hits: Uint8Array;
  readonly seen: Uint32Array;
  readonly members: Uint32Array;
};
const scratches = new WeakMap<Postings, Scratch>();

/** Room to count in, kept between questions: it is all zero when nothing is being counted. */
function scratchOf(postings: Postings): Scratch {
  const known = scratches.get(postings);
  if (known !== undefined) return known;
  const { count } = postings;
  const scratch = {
    best: new Float32Array(count),
    cover: new Float32Array(count),
    sum: new Float32Array(count),
    hits: new Uint8Array(count),
    seen: new Uint32Array(count),
    members: new Uint32Array(count),
  };
  scratches.set(postings, scratch);
  return scratch;
}

/** For each document what it scores, and how much of the question it has at all, where repeating a word gains nothing. */
export type Scores = { readonly scores: Float32Array; readonly covered: Float32Array };

/** BM25 over concepts: a document gets, for each concept, the best of what may stand for it. */
export function scoreDocuments(postings: Postings, concepts: readonly Concept[]): Scores {
  const scores = new Float32Array(postings.count);
  const covered = new Float32Array(postings.count);
  const scratch = scratchOf(postings);
  const { best, cover, seen } = scratch;
  for (const concept of concepts) {
    const { alternatives, weight } = concept;
    const rarity = meanRarity(postings, alternatives[0]?.terms ?? []);
    const worth = weightOf(postings, concept);
    let found = 0;
    for (const alternative of alternatives) {
      found = takeBest({ postings, scratch, alternative, most: rarity * MAX_GAIN }, found);
    }
    for (let at = 0; at < found; at += 1) {
      const document = seen[at] ?? 0;
      scores[document] = (scores[document] ?? 0) + weight * (best[document] ?? 0);
      covered[document] = (covered[document] ?? 0) + worth * (cover[document] ?? 0);
      best[document] = 0;
      cover[document] = 0;
    }
  }
  return { scores, covered };
}

type Candidate = {
  readonly postings: Postings;
  readonly scratch: Scratch;
  readonly alternative: Alternative;
  readonly most: number;
};

/** Raises `best` where all terms of the alternative stand. Returns how many documents have a best so far. */
function takeBest({ postings, scratch, alternative, most }: Candidate, found: number): number {
  const { best, cover, sum, hits, seen, members } = scratch;
  const needed = alternative.terms.length;
  let count = 0;
  for (const term of alternative.terms) count = addTerm(postings, scratch, term, count);
  const rarity = meanRarity(postings, alternative.terms);
  const share = (alternative.weight * (rarity > most ? most / rarity : 1)) / needed;
  let total = found;
  for (let at = 0; at < count; at += 1) {
    const document = members[at] ?? 0;
    if (hits[document] === needed) {
      const score = share * (sum[document] ?? 0);
      // What covers is more than nothing, whatever it scores.
      if (cover[document] === 0) seen[total++] = document;
      if (score > (best[document] ?? 0)) best[document] = score;
      if (alternative.weight > (cover[document] ?? 0)) cover[document] = alternative.weight;
    }
    sum[document] = 0;
    hits[document] = 0;
  }
  return total;
}

function addTerm(postings: Postings, { sum, hits, members }: Scratch, term: number, count: number): number {
  const rarity = rarityOf(postings, term);
  const end = postings.starts[term + 1] ?? 0;
  let total = count;
  for (let at = postings.starts[term] ?? 0; at < end; at += 1) {
    const document = postings.documents[at] ?? 0;
    if (hits[document] === 0) members[total++] = document;
    hits[document] = (hits[document] ?? 0) + 1;
    sum[document] = (sum[document] ?? 0) + rarity * (postings.impacts[at] ?? 0);
  }
  return total;
}

function meanRarity(postings: Postings, terms: readonly number[]): number {
  let sum = 0;
  for (const term of terms) sum += rarityOf(postings, term);
  return sum / Math.max(1, terms.length);
}

/** The most that a document can score for a concept by its own first term. */
export function weightOf(postings: Postings, concept: Concept): number {
  return concept.weight * meanRarity(postings, concept.alternatives[0]?.terms ?? []) * (K1 + 1);
}
