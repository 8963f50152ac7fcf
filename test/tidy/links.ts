import { posix } from 'node:path';
import type { TextFile, Violation } from './source.ts';

const LINK =
  /\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^[ \t]*\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm;
const CODE = /^(`{3,})[^\n]*\n[\s\S]*?^\1\s*$|`[^`\n]*`/gm;

/** Every relative link of a Markdown file leads to a file or folder, and its fragment to a heading. */
export function checkLinks(texts: readonly TextFile[], paths: readonly string[]): Violation[] {
  const known = new Set(paths.flatMap((path) => [path, ...parentsOf(path)]));
  const pages = new Map(
    texts.filter(({ path }) => path.endsWith('.md')).map(({ path, text }) => [path, text]),
  );
  return [...pages].flatMap(([path, text]) =>
    linksOf(text).flatMap(({ target, line }) => {
      const [file = '', fragment] = target.split('#');
      const found = file === '' ? path : posix.join(posix.dirname(path), decodeURI(file)).replace(/\/$/, '');
      if (!known.has(found)) return [{ path, line, message: `the link '${target}' leads nowhere.` }];
      const page = pages.get(found);
      if (!fragment || page === undefined || anchorsOf(page).has(fragment)) return [];
      return [{ path, line, message: `the link '${target}' names no heading of ${found}.` }];
    }),
  );
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function linksOf(text: string): { target: string; line: number }[] {
  // Code is blanked, not cut, so that lines keep their numbers.
  const prose = text.replaceAll(CODE, (code) => code.replaceAll(/[^\n]/g, ' '));
  return [...prose.matchAll(LINK)]
    .map((match) => ({
      target: match[1] ?? match[2] ?? '',
      line: prose.slice(0, match.index).split('\n').length,
    }))
    .filter(({ target }) => !/^([a-z][a-z0-9+.-]*:|\/)/i.test(target));
}

/** The fragments that GitHub gives to the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map((match) => match[1] ?? '');
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
  return new Set(headings.map(slug));
}
