import type { Page } from '../corpus/page.ts';
import { endOfBranch } from '../corpus/sections.ts';
import type { Concept } from './concepts.ts';
import type { SearchIndex } from './index-file.ts';
import { wordsOf } from './tokens.ts';

/** An excerpt of a section, with the fragment that leads to it. */
export type Snippet = { readonly heading: string; readonly fragment: string; readonly text: string };

const MAX_CHARS = 360;
const MAX_SECTION = 20_000;

/** The terms of a question with what each is worth, for choosing lines. */
export function snippetTerms(concepts: readonly Concept[], index: SearchIndex): Map<string, number> {
  const names = new Map<number, number>();
  for (const { alternatives, weight } of concepts) {
    for (const { terms, weight: share } of alternatives) {
      for (const term of terms) names.set(term, Math.max(names.get(term) ?? 0, weight * share));
    }
  }
  const found = new Map<string, number>();
  if (names.size === 0) return found;
  for (const [term, id] of index.terms) {
    const worth = names.get(id);
    if (worth !== undefined) found.set(term, worth);
  }
  return found;
}

/** The best lines of the given sections of a page, in reading order. */
export function cutSnippets(
  page: Page,
  markdown: string,
  sections: readonly { readonly index: number }[],
  terms: ReadonlyMap<string, number>,
): Snippet[] {
  return [...sections]
    .sort((a, b) => a.index - b.index)
    .flatMap(({ index }) => {
      const section = page.sections[index];
      if (section === undefined) return [];
      const whole = markdown.slice(section.start, Math.min(section.end, section.start + MAX_SECTION));
      const own = whole.replace(/^#{1,6}[^\n]*\n/, '').trim();
      // A heading with nothing below it but headings is shown with the first of them.
      const below = markdown.slice(
        section.end,
        Math.min(endOfBranch(page.sections, index), section.end + 1_000),
      );
      const text = cutText(own === '' ? below.replaceAll(/^#+ /gm, '') : own, terms);
      return text === '' ? [] : [{ heading: section.heading, fragment: section.slug, text }];
    });
}

function cutText(text: string, terms: ReadonlyMap<string, number>): string {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(?:\| ---|[`~]{3}|!\[)/.test(line));
  const worths = lines.map((line) => worthOf(line, terms));
  const best = worths.indexOf(Math.max(0, ...worths));
  if (best === -1) return shorten(lines[0] ?? '', terms);
  const chosen = [best];
  let length = (lines[best] ?? '').length;
  for (const next of [best + 1, best - 1, best + 2]) {
    const line = lines[next];
    if (line === undefined || length + line.length > MAX_CHARS) continue;
    chosen.push(next);
    length += line.length;
  }
  return chosen
    .sort((a, b) => a - b)
    .map((at) => shorten(lines[at] ?? '', terms))
    .join('\n');
}

function worthOf(line: string, terms: ReadonlyMap<string, number>): number {
  const seen = new Set<string>();
  for (const { terms: own } of wordsOf(line.slice(0, 2_000))) {
    for (const term of own) if (terms.has(term)) seen.add(term);
  }
  return [...seen].reduce((sum, term) => sum + (terms.get(term) ?? 0), 0);
}

/** A long line is cut around its first hit, at blanks. */
function shorten(line: string, terms: ReadonlyMap<string, number>): string {
  const text = line.trim();
  if (text.length <= MAX_CHARS) return text;
  const words = text.split(' ');
  const hit = words.findIndex((word) =>
    wordsOf(word).some(({ terms: own }) => own.some((term) => terms.has(term))),
  );
  let start = Math.max(0, hit - 12);
  if (start > words.length - 20) start = Math.max(0, words.length - 50);
  let cut = '';
  for (const word of words.slice(start)) {
    if (cut.length + word.length > MAX_CHARS) break;
    cut += `${cut === '' ? '' : ' '}${word}`;
  }
  return `${start > 0 ? '… ' : ''}${cut || text.slice(0, MAX_CHARS)} …`;
}
