import type { Page } from './corpus/page.ts';
import type { Collection, Corpus } from './corpus/store.ts';
import { uriOf } from './tools/tool.ts';

/** `llms.txt`: each page with its address and what it is about, grouped by folder. */
export function renderOverview(corpus: Corpus, collections: readonly Collection[]): string {
  const lines: string[] = [];
  for (const collection of collections) {
    lines.push(
      `# ${collection.name} ${collection.version}`,
      '',
      `> ${collection.pages.length} pages of documentation.`,
      '',
    );
    for (const [folder, pages] of groupByFolder(collection.pages)) {
      lines.push(`## ${folder}`, '');
      for (const page of pages) {
        const about = page.description === '' ? '' : `: ${page.description}`;
        lines.push(`- [${page.title}](${uriOf(corpus, collection, page.path)})${about}`);
      }
      lines.push('');
    }
  }
  return lines.join('\n');
}

function groupByFolder(pages: readonly Page[]): Map<string, Page[]> {
  const groups = new Map<string, Page[]>();
  for (const page of pages) {
    const folder = page.path.includes('/') ? (page.path.split('/')[0] ?? '') : 'Pages';
    const group = groups.get(folder);
    if (group === undefined) groups.set(folder, [page]);
    else group.push(page);
  }
  return groups;
}

/** `llms-full.txt`: the text of every page, each below its path. */
export function renderFullText(collections: readonly Collection[]): string {
  return collections
    .flatMap((collection) =>
      collection.pages.map(
        (page) => `<!-- ${collection.id} ${page.path} -->\n\n${collection.read(page.text).trim()}\n`,
      ),
    )
    .join('\n');
}
