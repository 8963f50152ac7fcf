import type { SearchIndex } from './index-file.ts';
import { phraseKey, synonymTable } from './synonyms.ts';
import type { Synonyms } from './synonyms.ts';
import { cachedStem, isStopWord, isWeakWord, squash, wordsOf } from './tokens.ts';
import { isWordOfTopic } from './topics.ts';
import { correctWord, splitWord } from './typos.ts';

/** Terms that together stand for an idea of the question. */
export type Alternative = { readonly terms: readonly number[]; readonly weight: number };

/** One idea of a question with everything that may stand for it in a text. */
export type Concept = {
  readonly word: string;
  readonly alternatives: readonly Alternative[];
  readonly weight: number;
  /** A compound as programs write it, such as `external_id`. */
  readonly isName: boolean;
};

export type Question = {
  readonly concepts: readonly Concept[];
  /** What was read in place of words that no text has. */
  readonly corrections: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
  /** The stems of its words, known to the texts or not, with how much each says. */
  readonly stems: ReadonlyMap<string, number>;
};

const MAX_WORDS = 32;
const PART_WEIGHT = 0.5;
const WEAK_WEIGHT = 0.4;
const JOINED_WEIGHT = 0.6;

type Draft = { word: string; weight: number; alternatives: Alternative[]; isName?: boolean };

/** Reads a question: its words, what they may be called, and what they probably should have been. */
export function readQuestion(query: string, index: SearchIndex): Question {
  const synonyms = synonymTable();
  const raws: string[] = [];
  const draftsOfRaw: Draft[][] = [];
  const corrections: Record<string, string> = {};
  const unknown: string[] = [];
  for (const word of wordsOf(prepareQuery(query)).slice(0, MAX_WORDS)) {
    raws.push(word.raw);
    const drafts = draftsOf(word.raw, word.terms, index);
    // A word that no text has may still be a name for one that the texts have.
    const isNamed = synonyms.has(phraseKey(word.raw)) || isWordOfTopic(cachedStem(word.raw));
    if (drafts.length === 0 && word.terms.length > 0 && !isNamed) {
      const corrected = correct(word.raw, index);
      if (corrected === null) unknown.push(word.raw);
      else {
        corrections[word.raw] = corrected.shown;
        raws[raws.length - 1] = corrected.shown;
        drafts.push(...corrected.drafts);
      }
    }
    draftsOfRaw.push(drafts);
  }
  addJoined(raws, draftsOfRaw, index);
  addSynonyms({ raws, drafts: draftsOfRaw, index, table: synonyms });
  const drafts = draftsOfRaw.flat().filter(({ weight }) => weight > 0);
  return { concepts: mergeRepeated(drafts), corrections, unknown, stems: stemsOf(raws) };
}

function stemsOf(raws: readonly string[]): Map<string, number> {
  const stems = new Map<string, number>();
  for (const raw of raws) {
    for (const word of wordsOf(raw)) {
      for (const term of word.terms) stems.set(term, Math.max(stems.get(term) ?? 0, weightOf(raw)));
    }
  }
  return stems;
}

// `log people out`, `back it up`, `turn the check off`: the verb and its particle are one word.
const PARTED_VERB =
  /\b(log|sign|turn|switch|back|look|kick|set|shut|lock|opt)\s+((?:\w+\s+){1,2}?)(out|in|on|off|up)\b/gi;

function prepareQuery(query: string): string {
  return query
    .slice(0, 2_000)
    .replaceAll(PARTED_VERB, '$1 $3 $2')
    .replaceAll(/\bc#/gi, 'csharp')
    .replaceAll(/(^|\s)\.net\b/gi, '$1dotnet')
    .replaceAll(/[{}<>]/g, ' ');
}

function draftsOf(raw: string, terms: readonly string[], index: SearchIndex): Draft[] {
  const known = terms.filter((term) => index.terms.has(term));
  const isCompound = terms.length > 1;
  const whole = isCompound ? terms.at(-1) : undefined;
  const hasWhole = whole !== undefined && index.terms.has(whole);
  return known.map((term) => ({
    word: term === whole || !isCompound ? raw : term,
    weight: weightOf(raw) * (hasWhole && term !== whole ? PART_WEIGHT : 1),
    alternatives: [{ terms: [index.terms.get(term) ?? 0], weight: 1 }],
    isName: isCompound && term === whole,
  }));
}

const weightOf = (raw: string): number => (isWeakWord(raw) ? WEAK_WEIGHT : 1);

function correct(raw: string, index: SearchIndex): { shown: string; drafts: Draft[] } | null {
  const idOf = (word: string) => index.terms.get(cachedStem(word));
  const candidates = correctWord(raw, index.words);
  const nearest = candidates[0];
  const split = splitWord(raw, (part) => index.terms.has(cachedStem(part)) && !isStopWord(part));
  if (nearest !== undefined && (split === null || nearest.distance < 2)) {
    const seen = new Set<number>();
    const alternatives = candidates
      .filter(({ distance }) => distance === nearest.distance)
      .flatMap(({ word }, at) => {
        const id = idOf(word);
        if (id === undefined || seen.has(id)) return [];
        seen.add(id);
        return [{ terms: [id], weight: at === 0 ? 0.95 : 0.6 }];
      });
    return alternatives.length === 0
      ? null
      : { shown: nearest.word, drafts: [{ word: raw, weight: 1, alternatives }] };
  }
  if (split === null) return null;
  const drafts = split.map((word) => ({
    word,
    weight: 1,
    alternatives: [{ terms: [idOf(word) ?? 0], weight: 1 }],
  }));
  return { shown: split.join(' '), drafts };
}

const PARTICLES: ReadonlySet<string> = new Set(['in', 'out', 'up', 'on', 'off']);

/** `log in` may stand as `login`, `web hook` as `webhook`. */
function addJoined(raws: readonly string[], drafts: readonly Draft[][], index: SearchIndex): void {
  for (let at = 0; at + 1 < raws.length; at += 1) {
    const [left = '', right = ''] = [raws[at], raws[at + 1]];
    const joined = PARTICLES.has(right) ? `${cachedStem(left)}${right}` : `${left}${right}`;
    const id = joined.length >= 5 ? index.terms.get(cachedStem(joined)) : undefined;
    if (id === undefined) continue;
    const parts = [...(drafts[at] ?? []), ...(drafts[at + 1] ?? [])];
    for (const draft of parts) draft.alternatives.push({ terms: [id], weight: JOINED_WEIGHT });
    // What neither word says alone (`back up`) is what is meant; logging in has nothing to do with logs.
    const isOther = cachedStem(left) === 'log' && PARTICLES.has(right);
    const isWhole = isOther || [left, right].every((word) => isStopWord(word) || isWeakWord(word));
    if (isWhole) {
      for (const draft of parts) draft.weight = 0;
      drafts[at]?.push({ word: joined, weight: 1, alternatives: [{ terms: [id], weight: 1 }] });
    }
  }
}

type SynonymContext = {
  readonly raws: readonly string[];
  readonly drafts: Draft[][];
  readonly index: SearchIndex;
  readonly table: Synonyms;
};

function addSynonyms({ raws, drafts, index, table }: SynonymContext): void {
  const keys = raws.map(phraseKey);
  for (let at = 0; at < raws.length; at += 1) {
    for (let length = Math.min(4, raws.length - at); length > 0; length -= 1) {
      const key = length === 1 ? (keys[at] ?? '') : keys.slice(at, at + length).join(' ');
      // `next.js` is looked up as `nextjs` too.
      const found = table.get(key) ?? (length === 1 ? table.get(squash(raws[at] ?? '')) : undefined);
      if (found === undefined) continue;
      const phrase = raws.slice(at, at + length).join(' ');
      const alternatives = found.flatMap(({ words, weight }) => {
        const terms = words
          .filter((word) => !isStopWord(word))
          .map((word) => index.terms.get(cachedStem(word)));
        return terms.length === 0 || terms.includes(undefined)
          ? []
          : [{ terms: terms.filter((id) => id !== undefined), weight }];
      });
      const covered = drafts.slice(at, at + length).flat();
      // An idiom (`get rid of`) has nothing to do with its words.
      if (found.some(({ isIdiom }) => isIdiom) && alternatives.length > 0) {
        for (let n = at; n < at + length; n += 1) drafts[n] = [];
        drafts[at] = [{ word: phrase, weight: 1, alternatives }];
        continue;
      }
      // A phrase of words that say nothing alone (`sign in as`) still is an idea.
      if (covered.length === 0 && alternatives.length > 0) {
        drafts[at]?.push({ word: phrase, weight: 1, alternatives });
      }
      for (const draft of covered) draft.alternatives.push(...alternatives);
    }
  }
}

function mergeRepeated(drafts: readonly Draft[]): Concept[] {
  const byTerm = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = draft.alternatives[0]?.terms.join(' ') ?? '';
    const known = byTerm.get(key);
    if (known === undefined) byTerm.set(key, draft);
    else known.weight = Math.max(known.weight, draft.weight);
  }
  return [...byTerm.values()].map((draft) => ({
    ...draft,
    isName: draft.isName === true,
    alternatives: sortAlternatives(draft),
  }));
}

/** The word itself, then what stands for it best, each once: whoever looks for the best may stop early. */
function sortAlternatives({ alternatives: [own, ...others] }: Draft): Alternative[] {
  if (own === undefined) return [];
  const seen = new Set([own.terms.join(' ')]);
  const rest = others
    .sort((a, b) => b.weight - a.weight)
    .filter(({ terms }) => {
      const key = terms.join(' ');
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  return [own, ...rest];
}
