import type { Page } from '../corpus/page.ts';
import { endOfBranch } from '../corpus/sections.ts';
import type { Concept } from './concepts.ts';
import type { SearchIndex } from './index-file.ts';

/** An excerpt of a section, with the fragment that leads to it. */
export type Snippet = { readonly heading: string; readonly fragment: string; readonly text: string };

const MAX_CHARS = 360;
const MAX_SECTION = 4_000;
// What is merely close to a word of the question makes no line a better excerpt.
const MIN_SHARE = 0.6;

const termLists = new WeakMap<SearchIndex, readonly string[]>();

function termListOf(index: SearchIndex): readonly string[] {
  const known = termLists.get(index) ?? [...index.terms.keys()];
  termLists.set(index, known);
  return known;
}

/** What to look for in lines: the beginnings of the question's terms, and what each is worth. */
export type Marks = { readonly pattern: RegExp | null; readonly worths: ReadonlyMap<string, number> };

/** The marks of a question. Lines are matched by them instead of being taken apart: that took most of a search's time. */
export function marksOf(concepts: readonly Concept[], index: SearchIndex): Marks {
  const worths = new Map<string, number>();
  const list = termListOf(index);
  for (const { alternatives, weight } of concepts) {
    for (const { terms, weight: share } of alternatives) {
      if (share < MIN_SHARE) continue;
      for (const id of terms) {
        // A stem may end in an `i` where the word has a `y`.
        const start = (list[id] ?? '').replace(/(?<=.{3})i$/, '');
        worths.set(start, Math.max(worths.get(start) ?? 0, weight * share));
      }
    }
  }
  const starts = [...worths.keys()].filter((start) => start !== '').sort((a, b) => b.length - a.length);
  if (starts.length === 0) return { pattern: null, worths };
  const escaped = starts.map((start) => start.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return { pattern: new RegExp(`(?<![a-z0-9])(?:${escaped.join('|')})`, 'g'), worths };
}

/** The best lines of the given sections of a page, in reading order. */
export function cutSnippets(
  page: Page,
  markdown: string,
  sections: readonly { readonly index: number }[],
  marks: Marks,
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
      const text = cutText(own === '' ? below.replaceAll(/^#+ /gm, '') : own, marks);
      return text === '' ? [] : [{ heading: section.heading, fragment: section.slug, text }];
    });
}

function cutText(text: string, marks: Marks): string {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(?:\| ---|[`~]{3}|!\[)/.test(line));
  const worths = lines.map((line) => worthOf(line, marks));
  const best = worths.indexOf(Math.max(0, ...worths));
  if (best === -1) return shorten(lines[0] ?? '', marks);
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
    .map((at) => shorten(lines[at] ?? '', marks))
    .join('\n');
}

function worthOf(line: string, { pattern, worths }: Marks): number {
  if (pattern === null) return 0;
  const seen = new Set(line.slice(0, 2_000).toLowerCase().match(pattern));
  let worth = 0;
  for (const mark of seen) worth += worths.get(mark) ?? 0;
  return worth;
}

/** A long line is cut around its first hit, at blanks. */
function shorten(line: string, marks: Marks): string {
  const text = line.trim();
  if (text.length <= MAX_CHARS) return text;
  const words = text.split(' ');
  const hit = words.findIndex((word) => worthOf(word, marks) > 0);
  let start = Math.max(0, hit - 12);
  if (start > words.length - 20) start = Math.max(0, words.length - 50);
  let cut = '';
  for (const word of words.slice(start)) {
    if (cut.length + word.length > MAX_CHARS) break;
    cut += `${cut === '' ? '' : ' '}${word}`;
  }
  return `${start > 0 ? '… ' : ''}${cut || text.slice(0, MAX_CHARS)} …`;
}
