import type { Page } from '../corpus/page.ts';
import type { Collection } from '../corpus/store.ts';

const MAX_LINKS = 30;

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

/** Where to go on from a page: the folders below it, its neighbours, and those one level up. */
export function renderHints(collection: Collection, page: Page): string {
  const folder = folderOf(page.path);
  const paths = collection.pages.map(({ path }) => path).filter((path) => !/(^|\/)index$/.test(path));
  const prefix = folder === '' ? '' : `${folder}/`;
  const below = new Set(
    collection.pages
      .filter(({ path }) => path.startsWith(prefix) && path.slice(prefix.length).includes('/'))
      .map(({ path }) => `${prefix}${path.slice(prefix.length).split('/')[0] ?? ''}/`),
  );
  const beside = paths.filter((path) => folderOf(path) === folder && path !== page.path);
  const above = folder === '' ? [] : paths.filter((path) => folderOf(path) === folderOf(folder));
  const groups: [string, string[]][] = [
    ['Folders here', folder === '' ? [] : [...below].sort()],
    ['Beside this page', beside.sort()],
    ['One level up', above.sort()],
  ];
  const lines = groups
    .filter(([, list]) => list.length > 0)
    .map(
      ([name, list]) =>
        `${name}: ${list.slice(0, MAX_LINKS).join(', ')}${list.length > MAX_LINKS ? ', …' : ''}`,
    );
  return lines.length === 0 ? '' : `\n---\n${lines.join('\n')}\n`;
}

/** The first level of the collections' paths. */
export function renderTop(collections: readonly Collection[]): string {
  const top = new Set(
    collections.flatMap(({ pages }) => pages.map(({ path }) => path.split('/')[0] ?? path)),
  );
  return [...top].sort().slice(0, 60).join(', ');
}
