import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { readMarkdownChangelog, readJsonChangelog } from './changelog.ts';
import { cloneRepository, fetchNpmPackage, fetchText, withTemporaryFolder } from './download.ts';
import { emptyDraft, mergeDrafts } from './draft.ts';
import type { Draft } from './draft.ts';
import { readFeed } from './feed.ts';
import { packageNameOf, readExamplesFolder, readFolder, readPackage } from './folder.ts';
import { isOpenApi, readOpenApi } from './openapi.ts';
import { readTree } from './tree.ts';
import { readManifest, removeCollection, writeCollection, writeManifest } from './write.ts';
import type { Written } from './write.ts';

/** What to read and under which name and version to keep it; both are found out where they are left out. */
export type SourceSpec = {
  readonly from: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
};

export type PrepareOptions = {
  readonly sources: readonly SourceSpec[];
  readonly out: string;
  readonly onProgress: (message: string) => void;
};

type Read = { readonly draft: Draft; readonly name: string; readonly version: string };

/**
 * Reads sources into a corpus folder. Sources of one name and version become one collection; collections that the folder
 * has already stay beside them. Throws when a source can't be read: then nothing is changed.
 */
export async function prepareCorpus({ sources, out, onProgress }: PrepareOptions): Promise<Written[]> {
  const reads = new Map<string, Read[]>();
  for (const source of sources) {
    onProgress(`Reading ${source.from}`);
    const read = await readSource(source);
    const { pages, operations, examples, changelogs } = read.draft;
    onProgress(
      `  ${pages.length} pages, ${operations.length} operations, ${examples.length} examples, ${changelogs.length} changelog entries as ${read.name}@${read.version}`,
    );
    const id = `${read.name}@${read.version}`;
    reads.set(id, [...(reads.get(id) ?? []), read]);
  }
  mkdirSync(out, { recursive: true });
  const before = readManifest(out);
  const written: Written[] = [];
  for (const [id, list] of reads) {
    onProgress(`Writing ${id}`);
    const first = list[0];
    if (first === undefined) continue;
    const draft = mergeDrafts(list.map((read) => read.draft));
    written.push(writeCollection(out, { name: first.name, version: first.version, draft }));
  }
  const isReplaced = (folder: string) => written.some((entry) => entry.folder === folder);
  const kept = before.filter(({ folder }) => !isReplaced(folder) && existsSync(resolve(out, folder)));
  const entries = [...kept, ...written].map(({ name, version, folder, pages, digest }) => ({
    name,
    version,
    folder,
    pages,
    digest,
  }));
  writeManifest(out, entries);
  for (const { folder } of before.filter(
    (entry) => !entries.some(({ folder: known }) => known === entry.folder),
  )) {
    removeCollection(out, folder);
  }
  for (const { name, version, pages, deadLinks } of written) {
    onProgress(
      `${name}@${version}: ${pages} pages${deadLinks.length === 0 ? '' : `, ${deadLinks.length} links lead nowhere`}`,
    );
  }
  return written;
}

async function readSource(source: SourceSpec): Promise<Read> {
  const { from } = source;
  if (existsSync(from)) return readLocal(source, resolve(from));
  if (
    /^(?:git\+|git@|ssh:|git:)|\.git(?:#.*)?$|^https:\/\/(?:github|gitlab)\.com\/[^/]+\/[^/]+\/?(?:#.*)?$/.test(
      from,
    )
  ) {
    return withTemporaryFolder(async (folder) => {
      const clone = await cloneRepository(from, folder);
      const name = basename(from.replace(/#.*$/, '').replace(/\/$/, ''), '.git');
      return readClone(clone, { ...source, name: source.name ?? name });
    });
  }
  if (/^https?:\/\//.test(from)) return readAddress(source);
  if (/^(?:@[\w.-]+\/)?[\w.-]+(?:@[\w.+-]+)?$/.test(from)) {
    return withTemporaryFolder(async (folder) => readUnpacked(await fetchNpmPackage(from, folder), source));
  }
  throw new Error(`${from} is no folder or file here, no address and no name of a package.`);
}

function readLocal(source: SourceSpec, path: string): Promise<Read> | Read {
  if (/\.t?gz$/.test(path)) {
    return withTemporaryFolder(async (folder) => readUnpacked(await fetchNpmPackage(path, folder), source));
  }
  if (statSync(path).isDirectory()) {
    const { version } = readPackage(path);
    const named = source.name ?? packageNameOf(path).replace(/^@[^/]+\//, '');
    const isExamples = basename(path) === 'examples';
    const draft = isExamples ? readExamplesFolder(path) : readFolder(path, named);
    return { draft, name: named, version: source.version ?? version ?? 'local' };
  }
  const { version } = readPackage(dirname(path));
  const name = source.name ?? packageNameOf(dirname(path)).replace(/^@[^/]+\//, '');
  return { draft: readFile(path, name), name, version: source.version ?? version ?? 'local' };
}

/** In a repository the documentation is its folder `docs` with the README, where it has one. */
function readClone(folder: string, source: SourceSpec): Read {
  const { name, version } = readPackage(folder);
  return {
    draft: readFolder(folder, source.name ?? name ?? undefined),
    name: source.name ?? name ?? basename(folder),
    version: source.version ?? version ?? 'local',
  };
}

function readUnpacked(folder: string, source: SourceSpec): Read {
  const { name, version } = readPackage(folder);
  const bare = (name ?? basename(folder))
    .replace(/^@([^/]+)\/mcp-docs-server$/, '$1')
    .replace(/^@[^/]+\//, '');
  return {
    draft: readFolder(folder),
    name: source.name ?? bare,
    version: source.version ?? version ?? 'local',
  };
}

function readFile(path: string, name: string): Draft {
  const text = readFileSync(path, 'utf8');
  const file = basename(path);
  if (/^changelog.*\.md$/i.test(file))
    return { ...emptyDraft(), changelogs: readMarkdownChangelog(text, name) };
  if (/\.mdx?$/i.test(file)) return { ...emptyDraft(), ...readTree(dirname(path), { files: [file] }) };
  if (isOpenApi(text)) return readOpenApi(text, { name: file });
  if (/^\s*</.test(text)) return { ...emptyDraft(), changelogs: readFeed(text, name) };
  if (/\.json$/i.test(file)) return { ...emptyDraft(), changelogs: readJsonChangelog(text) };
  throw new Error(`${path} is none of: Markdown, OpenAPI document, changelog, feed.`);
}

async function readAddress(source: SourceSpec): Promise<Read> {
  const text = await fetchText(source.from);
  const name = source.name ?? new URL(source.from).hostname;
  const version = source.version ?? 'local';
  if (isOpenApi(text)) return { draft: readOpenApi(text), name, version };
  return { draft: { ...emptyDraft(), changelogs: readFeed(text, name) }, name, version };
}
