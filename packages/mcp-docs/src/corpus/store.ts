import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createResolver } from '../resolve/path.ts';
import type { Resolver } from '../resolve/path.ts';
import { decodeIndex } from '../search/index-file.ts';
import type { SearchIndex } from '../search/index-file.ts';
import { FILES, Manifest } from './manifest.ts';
import type { CollectionEntry } from './manifest.ts';
import type { ChangelogEntry, Example, Operation, Page, Span } from './page.ts';

export type Extras = {
  readonly operations: readonly Operation[];
  readonly examples: readonly Example[];
  readonly changelogs: readonly ChangelogEntry[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly mimeType: string; readonly text: string }[];
};

/** Makes a value at its first use and keeps it. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** One collection of a corpus: the pages of one version of one documentation. Texts are read from the disk when asked for. */
export class Collection {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly index: () => SearchIndex;
  readonly extras: () => Extras;
  readonly resolver: () => Resolver<Page>;
  readonly byPath: () => ReadonlyMap<string, Page>;
  private readonly file: number;
  private readonly readPages: () => readonly Page[];

  constructor(root: string, entry: CollectionEntry) {
    const folder = join(root, entry.folder);
    this.name = entry.name;
    this.version = entry.version;
    this.digest = entry.digest;
    this.readPages = lazy(() => JSON.parse(readFileSync(join(folder, FILES.pages), 'utf8')) as Page[]);
    this.file = openSync(join(folder, FILES.text), 'r');
    this.index = lazy(() => decodeIndex(readFileSync(join(folder, FILES.index))));
    this.extras = lazy(() => JSON.parse(readFileSync(join(folder, FILES.extras), 'utf8')) as Extras);
    this.byPath = lazy(() => new Map(this.pages.map((page) => [page.path, page])));
    this.resolver = lazy(() => createResolver(this.pages, this.extras().redirects));
  }

  /** In the order of the documentation. Read at the first use: the server is ready before. */
  get pages(): readonly Page[] {
    return this.readPages();
  }

  /** `doorwright@0.1.0` */
  get id(): string {
    return `${this.name}@${this.version}`;
  }

  /** The Markdown of a page, or of its tables in one language. */
  read(span: Span): string {
    const bytes = Buffer.allocUnsafe(span.length);
    let length = 0;
    while (length < span.length) {
      const count = readSync(this.file, bytes, length, span.length - length, span.at + length);
      if (count === 0)
        throw new Error(`The text of ${this.id} is shorter than its pages say: prepare it again.`);
      length += count;
    }
    return bytes.toString('utf8');
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Versions in the order of their numbers; what is no number goes before those that are. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) =>
    version.split(/[.\-+]/).map((part) => (/^\d+$/.test(part) ? Number(part) : -1));
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export class Corpus {
  readonly collections: readonly Collection[];

  constructor(collections: readonly Collection[]) {
    this.collections = collections;
  }

  /** The newest version of each documentation, in the order of the corpus. */
  get current(): Collection[] {
    const newest = new Map<string, Collection>();
    for (const collection of this.collections) {
      const known = newest.get(collection.name);
      if (known === undefined || compareVersions(collection.version, known.version) > 0) {
        newest.set(collection.name, collection);
      }
    }
    return [...newest.values()];
  }

  /** The collections that `0.2.0`, `workos` or `workos@0.2.0` names; the newest ones without a name. */
  select(name: string | undefined): Collection[] {
    if (name === undefined || name === '' || name === 'latest') return this.current;
    const byId = this.collections.filter(({ id }) => id.toLowerCase() === name.toLowerCase());
    if (byId.length > 0) return byId;
    const byVersion = this.collections.filter(({ version }) => version === name.replace(/^v(?=\d)/, ''));
    return byVersion.length > 0 ? byVersion : this.current.filter((collection) => collection.name === name);
  }

  close(): void {
    for (const collection of this.collections) collection.close();
  }
}

/** Opens a prepared corpus. Throws, saying what to do, when there is none or it has another format. */
export function openCorpus(root: string): Corpus {
  let text: string;
  try {
    text = readFileSync(join(root, 'corpus.json'), 'utf8');
  } catch {
    throw new Error(
      `${root} holds no corpus: run \`doorwright-mcp-docs prepare --from FOLDER --out ${root}\`.`,
    );
  }
  const manifest = Manifest.safeParse(JSON.parse(text));
  if (!manifest.success) throw new Error(`${root} holds a corpus of another format: prepare it again.`);
  return new Corpus(manifest.data.collections.map((entry) => new Collection(root, entry)));
}
