import { recordsOf, textOf } from './front-matter.ts';
import type { FrontMatter } from './front-matter.ts';

/** Where a page stands in the navigation: its place, its title there, and the titles above it. */
export type Place = { readonly order: number; readonly title: string; readonly trail: readonly string[] };

/** Reads the `_navigation` pages of a tree. The map goes by address (`sso/test-sso`); the first mention wins. */
export function readNavigation(pages: readonly { path: string; data: FrontMatter }[]): Map<string, Place> {
  const places = new Map<string, Place>();
  const visit = (links: unknown, trail: readonly string[], parentUrl: string) => {
    for (const link of recordsOf(links)) {
      const title = textOf(link['title']);
      const url = textOf(link['url'])
        .replace(/^\/+|\/+$/g, '')
        .replace(/[?#].*$/, '');
      const isPage = url !== '' && !url.includes(':');
      if (isPage && !places.has(url)) places.set(url, { order: places.size, title, trail });
      const isRepeated = trail.at(-1) === title || (url !== '' && url === parentUrl);
      visit(link['links'], isRepeated || title === '' ? trail : [...trail, title], url);
    }
  };
  for (const { data } of pages.toSorted((a, b) => a.path.localeCompare(b.path))) {
    const title = textOf(data['title']);
    visit(data['links'], title === '' ? [] : [title], '');
  }
  return places;
}
