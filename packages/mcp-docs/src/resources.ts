import { addressOf } from './corpus/page.ts';
import type { Page } from './corpus/page.ts';
import type { Collection, Corpus } from './corpus/store.ts';
import { renderFullText, renderOverview } from './llms-text.ts';
import { locatePage } from './tools/docs.ts';
import { uriOf } from './tools/tool.ts';

export type Resource = {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly mimeType: string;
  readonly size?: number;
};

export const RESOURCE_PAGE = 100;

export const TEMPLATES = [
  {
    uriTemplate: 'docs://{version}/{+path}',
    name: 'page',
    title: 'Documentation page',
    description: 'A page as Markdown. `latest` stands for the newest version.',
    mimeType: 'text/markdown',
  },
  {
    uriTemplate: 'docs://{version}/llms.txt',
    name: 'llms.txt',
    title: 'All pages with one line each',
    mimeType: 'text/plain',
  },
  {
    uriTemplate: 'docs://{version}/llms-full.txt',
    name: 'llms-full.txt',
    title: 'The text of all pages',
    mimeType: 'text/plain',
  },
] as const;

/** All resources in a fixed order: for each collection its overviews, its files and its pages. */
export function listResources(corpus: Corpus): Resource[] {
  return corpus.collections.flatMap((collection) => {
    const whole = ['llms.txt', 'llms-full.txt'].map((name) => ({
      uri: uriOf(corpus, collection, name),
      name: `${collection.id}/${name}`,
      title:
        name === 'llms.txt'
          ? `${collection.id}: all pages, one line each`
          : `${collection.id}: all pages in full`,
      mimeType: 'text/plain',
    }));
    const files = collection.extras().files.map(({ name, mimeType, text }) => ({
      uri: uriOf(corpus, collection, name),
      name: `${collection.id}/${name}`,
      title: name,
      mimeType,
      size: Buffer.byteLength(text),
    }));
    return [...whole, ...files, ...collection.pages.map((page) => toResource(corpus, collection, page))];
  });
}

function toResource(corpus: Corpus, collection: Collection, page: Page): Resource {
  return {
    uri: uriOf(corpus, collection, page.path),
    name: `${collection.id}/${addressOf(page.path)}`,
    title: page.title,
    ...(page.description === '' ? {} : { description: page.description }),
    mimeType: 'text/markdown',
    size: page.text.length,
  };
}

/** The text behind a `docs://` address, or null. The address is looked up in lists and never opened as a file. */
export function readResource(
  corpus: Corpus,
  uri: string,
): { uri: string; mimeType: string; text: string } | null {
  const match = /^docs:\/\/([^/#?]+)\/?([^#?]*)/i.exec(uri);
  if (match === null) return null;
  const [, host = '', path = ''] = match;
  const collections = corpus.select(decode(host));
  const name = decode(path);
  if (collections[0] === undefined || name === null) return null;
  if (name === 'llms.txt') return { uri, mimeType: 'text/plain', text: renderOverview(corpus, collections) };
  if (name === 'llms-full.txt') return { uri, mimeType: 'text/plain', text: renderFullText(collections) };
  const file = collections
    .flatMap((collection) => collection.extras().files)
    .find((one) => one.name === name);
  if (file !== undefined) return { uri, mimeType: file.mimeType, text: file.text };
  const located = locatePage(collections, uri);
  if (!('page' in located)) return null;
  const { collection, page, section } = located;
  const markdown = collection.read(page.text);
  return {
    uri,
    mimeType: 'text/markdown',
    text: section === null ? markdown : markdown.slice(section.start, section.end),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return '\0';
  }
}
