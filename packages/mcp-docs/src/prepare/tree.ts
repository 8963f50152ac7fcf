import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf } from '../corpus/page.ts';
import type { Operation, PageKind } from '../corpus/page.ts';
import { findSections, plainHeading } from '../corpus/sections.ts';
import type { DraftPage } from './draft.ts';
import { splitFrontMatter, textOf } from './front-matter.ts';
import type { FrontMatter } from './front-matter.ts';
import { cleanMarkdown } from './markdown.ts';
import { readNavigation } from './navigation.ts';
import type { Place } from './navigation.ts';
import { findOperations, renderReference } from './reference.ts';
import { collectSymbols } from './symbols.ts';
import type { Symbols } from './symbols.ts';
import { listFiles } from './walk.ts';

// Pages that no navigation names follow those that one does, and the operations of a document follow both.
const AFTER_NAVIGATION = 1_000_000;

const PAGE = /\.mdx?$/i;
const MAX_PAGE_BYTES = 2_000_000;
const KINDS: readonly (readonly [pattern: RegExp, kind: PageKind])[] = [
  [/(^|\/)(reference|api)(\/|$)/, 'reference'],
  [/(^|\/)integrations\//, 'integration'],
  [/(^|\/)(sdks?|client-libraries)\//, 'sdk'],
  [/(^|\/)(migrate|migrations?)(\/|$)|\/migration-/, 'migration'],
  [/(^|\/)glossary(\/|$)/, 'glossary'],
  [/(^|\/)(decisions|adr)\//, 'decision'],
  [/(^|\/)changelog$/i, 'changelog'],
];

type File = { path: string; source: string; data: FrontMatter; body: string };

/** Reads the Markdown and MDX pages below a folder. `files` limits them; `prefix` goes before each page's path. */
export function readTree(
  root: string,
  options: { files?: readonly string[]; prefix?: string } = {},
): { pages: DraftPage[]; operations: Operation[] } {
  const prefix = options.prefix ?? '';
  const files = (options.files ?? listFiles(root))
    .filter((source) => PAGE.test(source))
    .flatMap((source) => readPageFile(root, source, prefix));
  const isNavigation = ({ path }: File) => path.endsWith('_navigation');
  const places = readNavigation(files.filter(isNavigation));
  const symbols = collectSymbols(files.map(({ data }) => data));
  const contents = files.filter((file) => !isNavigation(file));
  const titles = new Map(contents.map((file) => [addressOf(file.path), titleOf(file, places)]));
  const drafts = contents.map((file) => draftPage(file, { places, symbols, titles }));
  return {
    pages: drafts.map(({ page }) => page),
    operations: drafts.flatMap(({ operations }) => operations),
  };
}

function readPageFile(root: string, source: string, prefix: string): File[] {
  const text = readFileSync(join(root, source), 'utf8');
  if (text.length > MAX_PAGE_BYTES || text.includes('\0')) return [];
  const { data, body } = splitFrontMatter(text);
  return [{ path: `${prefix}${source.replace(PAGE, '')}`, source: `${prefix}${source}`, data, body }];
}

// A page whose first heading says no more than that it begins is named by its file.
const OPENINGS = /^(?:introduction|overview|installation|usage|getting started|about|summary)$/i;

function titleOf({ path, data, body }: File, places: ReadonlyMap<string, Place>): string {
  const heading = findSections(body).find(({ level }) => level > 0)?.heading ?? '';
  const isOpening = OPENINGS.test(heading);
  const placed = places.get(addressOf(path))?.title ?? '';
  return (
    textOf(data['title']) ||
    (isOpening ? '' : heading) ||
    (OPENINGS.test(placed) ? '' : placed) ||
    humanize(addressOf(path) || path)
  );
}

/** `sso/it-team-faq` as `It team faq`. */
function humanize(path: string): string {
  const name = (path.split('/').at(-1) ?? path).replaceAll(/[-_]+/g, ' ').trim();
  return name.charAt(0).toUpperCase() + name.slice(1);
}

type TreeContext = {
  readonly places: ReadonlyMap<string, Place>;
  readonly symbols: Symbols;
  readonly titles: ReadonlyMap<string, string>;
};

function draftPage(file: File, context: TreeContext): { page: DraftPage; operations: Operation[] } {
  const address = addressOf(file.path);
  const place = context.places.get(address);
  const title = context.titles.get(address) ?? address;
  const reference = renderReference(file.data, context.symbols);
  const body = cleanMarkdown(file.body);
  const description = textOf(file.data['description']);
  const opening = /^#{1,6}[ \t]+(.+)/.exec(body);
  const hasTitle = opening !== null && (body.startsWith('# ') || plainHeading(opening[1] ?? '') === title);
  const lead = hasTitle ? '' : `# ${title}\n\n${description === '' ? '' : `${description}\n\n`}`;
  const markdown = `${lead}${body}${reference.http === '' ? '' : `\n${reference.http}`}`;
  const names = [...reference.names, place?.title ?? '', textOf(file.data['key'])].filter(
    (name) => name !== '',
  );
  const page: DraftPage = {
    path: file.path,
    source: file.source,
    title,
    description,
    kind: KINDS.find(([pattern]) => pattern.test(address))?.[1] ?? 'guide',
    trail: trailOf(address, title, context),
    markdown,
    languages: reference.languages,
    order: place?.order ?? AFTER_NAVIGATION,
    names,
  };
  return { page, operations: findOperations(file.data, file.path, title) };
}

/** The titles above a page: in the navigation, and of the index pages of its folders. */
function trailOf(address: string, title: string, { places, titles }: TreeContext): string[] {
  const folders = address.split('/').slice(0, -1);
  const above = folders.map((_, index) => {
    const folder = folders.slice(0, index + 1).join('/');
    return titles.get(folder) ?? humanize(folder);
  });
  const trail = [...(places.get(address)?.trail ?? []), ...above];
  return [...new Set(trail)].filter((name) => name !== title);
}
