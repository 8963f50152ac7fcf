import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Page } from './page.ts';
import { openCorpus } from './store.ts';
import type { Collection, Corpus } from './store.ts';

/** What a new preparation of the corpus changed: pages by collection. */
export type CorpusChange = {
  readonly corpus: Corpus;
  readonly changed: readonly { readonly collection: Collection; readonly page: Page }[];
  readonly isListChanged: boolean;
};
export type ChangeListener = (change: CorpusChange) => void;

/** The corpus that is served. When `corpus.json` is written anew, the next request sees the new one. */
export class CorpusSource {
  current: Corpus;
  private readonly root: string;
  private readonly listeners = new Set<ChangeListener>();
  private watcher: FSWatcher | null = null;

  constructor(root: string) {
    this.root = root;
    this.current = openCorpus(root);
  }

  /** Starts to follow changes. The watch keeps no process alive. */
  follow(): void {
    if (this.watcher !== null) return;
    this.watcher = watch(this.root, { persistent: false }, (_, file) => {
      if (file === 'corpus.json') this.reload();
    });
    this.watcher.on('error', () => this.stop());
  }

  stop(): void {
    this.watcher?.close();
    this.watcher = null;
  }

  /** Calls `listener` after each change until the returned function is called. */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Opens the corpus again. One that can't be opened leaves the old one in place: a preparation may be under way. */
  reload(): void {
    const before = this.current;
    let corpus: Corpus;
    try {
      corpus = openCorpus(this.root);
      for (const { pages } of corpus.collections) void pages.length;
    } catch {
      return;
    }
    const stateOf = ({ collections }: Corpus) =>
      collections.map(({ id, digest }) => `${id} ${digest}`).join('\n');
    if (stateOf(before) === stateOf(corpus)) {
      corpus.close();
      return;
    }
    this.current = corpus;
    const change = compareCorpora(before, corpus);
    before.close();
    for (const listener of this.listeners) listener(change);
  }
}

function compareCorpora(before: Corpus, corpus: Corpus): CorpusChange {
  const known = new Map<string, string>(
    before.collections.flatMap(({ id, pages }) =>
      pages.map(({ path, hash }) => [`${id}/${path}`, hash] as const),
    ),
  );
  const pages = corpus.collections.flatMap((collection) =>
    collection.pages.map((page) => ({ collection, page })),
  );
  const keyOf = ({ collection, page }: (typeof pages)[number]) => `${collection.id}/${page.path}`;
  const changed = pages.filter(
    (entry) => known.has(keyOf(entry)) && known.get(keyOf(entry)) !== entry.page.hash,
  );
  const isListChanged = pages.length !== known.size || pages.some((entry) => !known.has(keyOf(entry)));
  return { corpus, changed, isListChanged };
}
