import type { ChangelogEntry, Example, Operation, PageKind } from '../corpus/page.ts';

/** A page as a source gives it, before it is indexed and written. */
export type DraftPage = {
  path: string;
  source: string;
  title: string;
  description: string;
  kind: PageKind;
  trail: string[];
  markdown: string;
  languages: Record<string, string>;
  order: number;
  /** Words that lead to the page without standing on it: SDK method names, titles in the navigation. */
  names: string[];
};

/** Everything that one source contributes to a collection. */
export type Draft = {
  pages: DraftPage[];
  operations: Operation[];
  examples: Example[];
  changelogs: ChangelogEntry[];
  redirects: Record<string, string>;
  /** Files that are served as they are, such as an OpenAPI document. */
  files: { name: string; mimeType: string; text: string }[];
};

export function emptyDraft(): Draft {
  return { pages: [], operations: [], examples: [], changelogs: [], redirects: {}, files: [] };
}

/** Joins what several sources contribute; the first page of a path wins. */
export function mergeDrafts(drafts: readonly Draft[]): Draft {
  const merged = emptyDraft();
  const known = new Set<string>();
  for (const draft of drafts) {
    for (const page of draft.pages) {
      if (known.has(page.path)) continue;
      known.add(page.path);
      merged.pages.push(page);
    }
    merged.operations.push(...draft.operations);
    merged.examples.push(...draft.examples);
    merged.changelogs.push(...draft.changelogs);
    merged.files.push(...draft.files);
    Object.assign(merged.redirects, draft.redirects);
  }
  return merged;
}
