import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FILES, FORMAT, Manifest } from '../corpus/manifest.ts';
import type { CollectionEntry } from '../corpus/manifest.ts';
import type { Page, Span } from '../corpus/page.ts';
import { findSections } from '../corpus/sections.ts';
import { encodeIndex } from '../search/index-file.ts';
import { buildIndex } from './build-index.ts';
import type { Draft, DraftPage } from './draft.ts';
import { pageExamples } from './examples.ts';
import { followLinks } from './links.ts';

export type Collection = { readonly name: string; readonly version: string; readonly draft: Draft };
export type Written = CollectionEntry & {
  readonly deadLinks: readonly string[];
  /** The ids of operations of which the source says nothing but that they exist. */
  readonly undocumented: readonly string[];
};

/** Writes one collection into a corpus folder, in place of one of the same name and version. */
export function writeCollection(out: string, { name, version, draft }: Collection): Written {
  const pages = draft.pages.toSorted((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1));
  const { markdown, anchors, dead } = followLinks(pages, draft.redirects);
  const linked = pages.map((page, index) => ({ ...page, markdown: markdown[index] ?? page.markdown }));
  const inlinks = new Map<number, number>();
  for (const { page } of anchors) inlinks.set(page, (inlinks.get(page) ?? 0) + 1);
  const text = new TextFile();
  const metas = linked.map((page, index) => describePage(page, inlinks.get(index) ?? 0, text));
  const files: [string, Buffer][] = [
    [FILES.pages, Buffer.from(JSON.stringify(metas))],
    [FILES.text, text.toBuffer()],
    [FILES.index, encodeIndex(buildIndex(linked, anchors))],
    [FILES.extras, Buffer.from(JSON.stringify(extrasOf(draft, linked)))],
  ];
  const digest = createHash('sha256');
  for (const [file, content] of files) digest.update(`${file}\0${content.length}\0`).update(content);
  const folder = `${name}@${version}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9._@-]+/g, '-')
    .replace(/^[-.]+/, '');
  for (const [file, content] of files) writeWhole(join(out, folder, file), content);
  const entry = { name, version, folder, pages: metas.length, digest: digest.digest('hex') };
  const undocumented = draft.operations.filter(({ id, title }) => title === id).map(({ id }) => id);
  return { ...entry, deadLinks: dead, undocumented };
}

function extrasOf(draft: Draft, pages: readonly DraftPage[]): object {
  return {
    operations: draft.operations,
    examples: [...draft.examples, ...pageExamples(pages)],
    changelogs: draft.changelogs,
    redirects: draft.redirects,
    files: draft.files,
  };
}

class TextFile {
  private readonly parts: Buffer[] = [];
  private length = 0;

  add(text: string): Span {
    const bytes = Buffer.from(text);
    const span = { at: this.length, length: bytes.length };
    this.parts.push(bytes);
    this.length += bytes.length;
    return span;
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.parts);
  }
}

function describePage(page: DraftPage, inlinks: number, text: TextFile): Page {
  return {
    path: page.path,
    source: page.source,
    title: page.title,
    description: page.description,
    kind: page.kind,
    trail: page.trail,
    sections: findSections(page.markdown),
    inlinks,
    hash: createHash('sha256').update(page.markdown).digest('hex').slice(0, 16),
    text: text.add(page.markdown),
    languages: Object.fromEntries(
      Object.entries(page.languages).map(([language, markdown]) => [language, text.add(markdown)]),
    ),
  };
}

/** The collections that a corpus folder holds; none when there is no corpus yet. */
export function readManifest(out: string): CollectionEntry[] {
  const path = join(out, 'corpus.json');
  if (!existsSync(path)) return [];
  return Manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).collections;
}

/** Writes `corpus.json` last of all: a server that watches it finds everything else in place. */
export function writeManifest(out: string, collections: readonly CollectionEntry[]): void {
  writeWhole(
    join(out, 'corpus.json'),
    Buffer.from(`${JSON.stringify({ format: FORMAT, collections }, null, 2)}\n`),
  );
}

/** Removes a collection's folder. */
export function removeCollection(out: string, folder: string): void {
  rmSync(join(out, folder), { recursive: true, force: true });
}

function writeWhole(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}
