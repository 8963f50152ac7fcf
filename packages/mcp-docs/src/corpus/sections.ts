import type { Section } from './page.ts';

const FENCE = /^ {0,12}(?:[-*>]\s+)?(`{3,}|~{3,})/;
const HEADING = /^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$/;
const ATTRIBUTES = /\s*\{\{.*\}\}\s*$/;

/** The fragment under which a heading is known: `(1) Add SSO` is `add-sso`. */
export function slugOf(heading: string): string {
  return heading
    .replace(ATTRIBUTES, '')
    .replace(/^\(\w{1,2}\)\s*/, '')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[’'`"]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** A heading without markup, as a person would say it. */
export function plainHeading(heading: string): string {
  return heading
    .replace(ATTRIBUTES, '')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .trim();
}

/** Calls `visit` with each line that is not code. `offset` is where the line starts. */
export function eachProseLine(markdown: string, visit: (line: string, offset: number) => void): void {
  let fence = '';
  let offset = 0;
  for (const line of markdown.split('\n')) {
    const mark = FENCE.exec(line)?.[1] ?? '';
    if (fence !== '') {
      const isEnd = mark.startsWith(fence) && line.trim().replace(/^[-*>]\s+/, '') === mark;
      if (isEnd) fence = '';
    } else if (mark !== '') {
      fence = mark;
    } else {
      visit(line, offset);
    }
    offset += line.length + 1;
  }
}

/**
 * The headings of a page in order. A section reaches to the next heading of any level, so that sections never overlap;
 * text before the first heading is a section without a name.
 */
export function findSections(markdown: string): Section[] {
  const found: { heading: string; slug: string; level: number; start: number }[] = [];
  eachProseLine(markdown, (line, start) => {
    const match = HEADING.exec(line);
    if (match === null) return;
    const raw = match[2] ?? '';
    const url = /"url"\s*:\s*"([^"]+)"/.exec(raw)?.[1];
    found.push({ heading: plainHeading(raw), slug: url ?? slugOf(raw), level: match[1]?.length ?? 1, start });
  });
  const first = found[0]?.start ?? markdown.length;
  if (markdown.slice(0, first).trim() !== '') found.unshift({ heading: '', slug: '', level: 0, start: 0 });
  return withUniqueSlugs(
    found.map((section, index) => ({ ...section, end: found[index + 1]?.start ?? markdown.length })),
  );
}

function withUniqueSlugs(sections: Section[]): Section[] {
  const seen = new Map<string, number>();
  return sections.map((section) => {
    const count = seen.get(section.slug) ?? 0;
    seen.set(section.slug, count + 1);
    return count === 0 ? section : { ...section, slug: `${section.slug}-${count}` };
  });
}

/** Where the section with its subsections ends: before the next heading of the same or a higher level. */
export function endOfBranch(sections: readonly Section[], index: number): number {
  const section = sections[index];
  if (section === undefined) return 0;
  const next = sections.slice(index + 1).find(({ level }) => level <= section.level);
  return next?.start ?? sections.at(-1)?.end ?? section.end;
}
