import { EVERYDAY_WORDS } from './everyday-words.ts';
import { SYNONYM_GROUPS } from './synonym-groups.ts';
import { cachedStem } from './tokens.ts';

const RELATED = 0.5;
const WEIGHTS: Readonly<Record<string, number>> = { '=': 0.9, '~': 0.7, '!': 1 };

export type Synonym = {
  readonly words: readonly string[];
  readonly weight: number;
  /** The words of the phrase say nothing of what it means. */
  readonly isIdiom?: boolean;
};

/** What stands for a phrase of one to four words; the phrase itself is not among them. */
export type Synonyms = ReadonlyMap<string, readonly Synonym[]>;

/** A phrase as the table knows it, by the stems of its words: `Signing-Ins` is `sign in`. */
export function phraseKey(phrase: string): string {
  return phrase
    .toLowerCase()
    .split(/[-_\s]+/)
    .map(cachedStem)
    .join(' ');
}

type Mark = { readonly weight: number; readonly isIdiom: boolean };

/**
 * The table by the keys of its phrases. Of `a | b` each stands for the other; of `a, b > x | y` only those on the right for
 * those on the left.
 */
export function buildSynonyms(groups: readonly string[] = [...SYNONYM_GROUPS, ...EVERYDAY_WORDS]): Synonyms {
  const table = new Map<string, Synonym[]>();
  const add = (phrase: string, others: readonly string[], { weight, isIdiom }: Mark) => {
    const list = table.get(phraseKey(phrase)) ?? [];
    list.push(...others.map((other) => ({ words: other.split(' '), weight, isIdiom })));
    table.set(phraseKey(phrase), list);
  };
  for (const group of groups) {
    const mark = /^[=~!]/.exec(group)?.[0] ?? '';
    const how = { weight: WEIGHTS[mark] ?? RELATED, isIdiom: mark === '!' };
    const [left = '', right] = group.slice(mark.length).split('>');
    const phrases = left.split(right === undefined ? '|' : ',').map((phrase) => phrase.trim());
    const meant = right?.split('|').map((phrase) => phrase.trim());
    for (const phrase of phrases) {
      add(phrase, meant ?? phrases.filter((other) => other !== phrase), how);
    }
  }
  return table;
}

let built: Synonyms | null = null;

/** The table of this package, made at the first question: the server is ready before. */
export function synonymTable(): Synonyms {
  built ??= buildSynonyms();
  return built;
}
