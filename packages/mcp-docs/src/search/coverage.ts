import type { Concept } from './concepts.ts';

type Hit = { readonly concept: number; readonly weight: number };
type Phrase = Hit & { readonly terms: readonly number[] };

/** The ideas of a question by the terms that stand for them: names are short, and what may stand for an idea is much. */
export type Lookup = {
  readonly hits: ReadonlyMap<number, readonly Hit[]>;
  readonly phrases: readonly Phrase[];
  /** How well each term stands for any idea, alone or as part of a phrase. */
  readonly best: ReadonlyMap<number, number>;
  /** How much each idea says. */
  readonly weights: readonly number[];
  readonly total: number;
  readonly scratch: Float64Array;
};

/** Turns concepts round; `weights` are theirs and `total` is what shares are of. */
export function createLookup(
  concepts: readonly Concept[],
  weights: readonly number[],
  total: number,
): Lookup {
  const hits = new Map<number, Hit[]>();
  const phrases: Phrase[] = [];
  const best = new Map<number, number>();
  concepts.forEach(({ alternatives }, concept) => {
    for (const { terms, weight } of alternatives) {
      for (const term of terms) if (weight > (best.get(term) ?? 0)) best.set(term, weight);
      const [only] = terms;
      if (only === undefined) continue;
      if (terms.length > 1) phrases.push({ concept, terms, weight });
      else if (hits.has(only)) hits.get(only)?.push({ concept, weight });
      else hits.set(only, [{ concept, weight }]);
    }
  });
  return { hits, phrases, best, weights, total, scratch: new Float64Array(concepts.length) };
}

/** Which share of a question, by weight, is among the terms of the lists together. */
export function coverage(lookup: Lookup, lists: readonly Uint32Array[]): number {
  const { hits, phrases, weights, scratch } = lookup;
  scratch.fill(0);
  for (const list of lists) {
    for (const term of list) {
      const found = hits.get(term);
      if (found === undefined) continue;
      for (const { concept, weight } of found) {
        if (weight > (scratch[concept] ?? 0)) scratch[concept] = weight;
      }
    }
  }
  for (const { concept, terms, weight } of phrases) {
    if (weight > (scratch[concept] ?? 0) && hasAll(lists, terms)) scratch[concept] = weight;
  }
  let sum = 0;
  for (let at = 0; at < scratch.length; at += 1) sum += (weights[at] ?? 0) * (scratch[at] ?? 0);
  return sum / lookup.total;
}

/** True when each of the terms is in one of the lists. */
function hasAll(lists: readonly Uint32Array[], terms: readonly number[]): boolean {
  for (const term of terms) {
    let isThere = false;
    for (const list of lists) isThere ||= list.includes(term);
    if (!isThere) return false;
  }
  return true;
}
