import type { Example } from '../corpus/page.ts';
import { findSections } from '../corpus/sections.ts';
import type { DraftPage } from './draft.ts';

const BLOCK = /^([ \t]*)(`{3,}|~{3,})(\w[\w+#-]*)?[^\n]*\n([\s\S]*?)\n[ \t]*\2[ \t]*$/gm;
const MAX_CODE = 20_000;
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  sh: 'bash',
  shell: 'bash',
  console: 'bash',
  py: 'python',
  rb: 'ruby',
  cs: 'csharp',
  yml: 'yaml',
};

/** The name by which a language is known here: `ts` and `tsx` are `typescript`. */
export function languageOf(name: string): string {
  const lower = name.toLowerCase();
  return LANGUAGES[lower] ?? lower;
}

/** The code blocks of the pages, each with the section that it stands in. */
export function pageExamples(pages: readonly DraftPage[]): Example[] {
  return pages.flatMap((page) => {
    const sections = findSections(page.markdown);
    return [...page.markdown.matchAll(BLOCK)].flatMap((match) => {
      const [, indent = '', , info = '', body = ''] = match;
      const section = sections.findLast(({ start }) => start <= match.index);
      const code = indent === '' ? body : body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
      if (code.trim() === '' || code.length > MAX_CODE) return [];
      return [
        {
          name: page.path,
          title: section?.heading || page.title,
          language: info === '' ? 'text' : languageOf(info),
          code,
          page: page.path,
          section: section?.slug ?? null,
        },
      ];
    });
  });
}
