import { SYNONYM_GROUPS } from './synonym-groups.ts';

const RELATED = 0.5;
const WEIGHTS: Readonly<Record<string, number>> = { '=': 0.9, '~': 0.7 };

export type Synonym = { readonly words: readonly string[]; readonly weight: number };

/** What stands for a phrase of one to four words; the phrase itself is not among them. */
export type Synonyms = ReadonlyMap<string, readonly Synonym[]>;

/** A phrase as the table knows it: `Sign-Ins` is `sign in`. */
export function phraseKey(phrase: string): string {
  return phrase
    .toLowerCase()
    .replaceAll(/[-_\s]+/g, ' ')
    .replace(/(?<=[a-z]{2})s$/, '');
}

/** The table by the keys of its phrases. */
export function buildSynonyms(groups: readonly string[] = SYNONYM_GROUPS): Synonyms {
  const table = new Map<string, Synonym[]>();
  for (const group of groups) {
    const mark = /^[=~]/.exec(group)?.[0] ?? '';
    const weight = WEIGHTS[mark] ?? RELATED;
    const phrases = group
      .slice(mark.length)
      .split('|')
      .map((phrase) => phrase.trim());
    for (const phrase of phrases) {
      const others = phrases.filter((other) => other !== phrase);
      const list = table.get(phraseKey(phrase)) ?? [];
      list.push(...others.map((other) => ({ words: other.split(' '), weight })));
      table.set(phraseKey(phrase), list);
    }
  }
  return table;
}
