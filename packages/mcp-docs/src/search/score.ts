import type { Concept } from './concepts.ts';
import { K1 } from './index-file.ts';
import type { Postings } from './index-file.ts';

/** How rare a term is: its share of a document's score. */
export function rarityOf(postings: Postings, term: number): number {
  const count = (postings.starts[term + 1] ?? 0) - (postings.starts[term] ?? 0);
  return count === 0 ? 0 : Math.log(1 + (postings.count - count + 0.5) / (count + 0.5));
}

/** BM25 over concepts: a document gets, for each concept, the best of what may stand for it. */
export const TUNE = { cap: 2 };
export function scoreDocuments(postings: Postings, concepts: readonly Concept[]): Float32Array {
  const total = new Float32Array(postings.count);
  const best = new Float32Array(postings.count);
  const sum = new Float32Array(postings.count);
  const hits = new Uint8Array(postings.count);
  for (const { alternatives, weight } of concepts) {
    const seen: number[] = [];
    const own = meanRarity(postings, alternatives[0]?.terms ?? []) * TUNE.cap;
    for (const alternative of alternatives) {
      const rarity = meanRarity(postings, alternative.terms);
      const share = alternative.weight * (rarity > own ? own / rarity : 1);
      const members: number[] = [];
      for (const term of alternative.terms) addTerm({ postings, term, sum, hits, members });
      const needed = alternative.terms.length;
      for (const document of members) {
        if (hits[document] === needed) {
          const score = (share * (sum[document] ?? 0)) / needed;
          if ((best[document] ?? 0) === 0) seen.push(document);
          if (score > (best[document] ?? 0)) best[document] = score;
        }
      }
      for (const document of members) {
        sum[document] = 0;
        hits[document] = 0;
      }
    }
    for (const document of seen) {
      total[document] = (total[document] ?? 0) + weight * (best[document] ?? 0);
      best[document] = 0;
    }
  }
  return total;
}

function meanRarity(postings: Postings, terms: readonly number[]): number {
  return terms.reduce((sum, term) => sum + rarityOf(postings, term), 0) / Math.max(1, terms.length);
}

type Addition = {
  readonly postings: Postings;
  readonly term: number;
  readonly sum: Float32Array;
  readonly hits: Uint8Array;
  readonly members: number[];
};

function addTerm({ postings, term, sum, hits, members }: Addition): void {
  const rarity = rarityOf(postings, term);
  const end = postings.starts[term + 1] ?? 0;
  for (let at = postings.starts[term] ?? 0; at < end; at += 1) {
    const document = postings.documents[at] ?? 0;
    if (hits[document] === 0) members.push(document);
    hits[document] = (hits[document] ?? 0) + 1;
    sum[document] = (sum[document] ?? 0) + rarity * (postings.impacts[at] ?? 0);
  }
}

/** The most that a document can score for a concept by its own first term. */
export function weightOf(postings: Postings, concept: Concept): number {
  const term = concept.alternatives[0]?.terms ?? [];
  const rarity = term.reduce((sum, id) => sum + rarityOf(postings, id), 0) / Math.max(1, term.length);
  return concept.weight * rarity * (K1 + 1);
}
