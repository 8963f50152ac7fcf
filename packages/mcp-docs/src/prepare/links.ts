import { eachProseLine, findSections } from '../corpus/sections.ts';
import type { Section } from '../corpus/page.ts';
import { createResolver } from '../resolve/path.ts';
import { addressOf } from '../corpus/page.ts';
import type { DraftPage } from './draft.ts';

const LINK = /(?<!!)\[([^\]]+)\]\((?!https?:|mailto:|#)([^)\s]+)\)/g;

/** What links say of the page, or of the section of a page, that they lead to. */
export type Anchor = { readonly page: number; readonly slug: string; readonly text: string };

/**
 * Follows the links between pages. Gives back the texts that lead to each page, and rewrites the links of each page's
 * Markdown to the address of the page and the fragment of its section.
 */
export function followLinks(
  pages: readonly DraftPage[],
  redirects: Readonly<Record<string, string>>,
): { markdown: string[]; anchors: Anchor[]; dead: string[] } {
  const targets = pages.map((page, index) => ({
    path: page.path,
    title: page.title,
    index,
    sections: findSections(page.markdown) as readonly Section[],
  }));
  const resolver = createResolver(targets, redirects);
  const anchors: Anchor[] = [];
  const dead: string[] = [];
  const markdown = pages.map((page, from) =>
    replaceProse(page.markdown, (line) =>
      line.replaceAll(LINK, (whole, text: string, url: string) => {
        const resolved = resolver(absoluteUrl(url, page.source));
        if (resolved.kind !== 'page' || resolved.via === 'title' || resolved.via === 'suffix') {
          dead.push(`${page.source}: ${url}`);
          return whole;
        }
        const slug = resolved.section?.slug ?? '';
        if (resolved.page.index !== from) anchors.push({ page: resolved.page.index, slug, text });
        const fragment = slug === '' ? '' : `#${slug}`;
        return `[${text}](/${addressOf(resolved.page.path)}${fragment})`;
      }),
    ),
  );
  return { markdown, anchors, dead };
}

/** `../sso.md` as seen from the page that has the link. */
function absoluteUrl(url: string, source: string): string {
  if (url.startsWith('/')) return url;
  const folder = source.includes('/') ? source.slice(0, source.lastIndexOf('/')) : '';
  return `${folder}/${url}`;
}

function replaceProse(markdown: string, replace: (line: string) => string): string {
  let result = '';
  let copied = 0;
  eachProseLine(markdown, (line, offset) => {
    if (!line.includes('](')) return;
    result += markdown.slice(copied, offset) + replace(line);
    copied = offset + line.length;
  });
  return result + markdown.slice(copied);
}
