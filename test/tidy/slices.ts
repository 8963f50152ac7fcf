import { isTestPath } from './source.ts';
import type { Source, Violation } from './source.ts';

const STANDARD = ['contract.ts', 'routes.ts', 'store.ts'];
/** Standard files that a slice has no use for, by its name. */
type Without = Readonly<Record<string, readonly string[]>>;

const HEADER_WORDS = ['Owns', 'Emits', 'Invariants'];

/**
 * Each capability looks like the model slice: `index.ts` with its header, `contract.ts`, `routes.ts`, `store.ts`.
 * A big one may be made of folders of that shape instead. What a slice may lack is in `without`, by its name.
 */
export function checkSlices(sources: readonly Source[], without: Without): Violation[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const folders = new Set(
    [...byPath.keys()].flatMap((path) => /^(src\/capabilities\/[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return [...folders].flatMap((folder) => {
    const nouns = nounFolders(folder, byPath);
    const parts = nouns.length > 0 && !byPath.has(`${folder}/routes.ts`) ? nouns : [folder];
    return [...checkHeader(folder, byPath), ...parts.flatMap((part) => checkFiles(part, byPath, without))];
  });
}

function nounFolders(folder: string, byPath: ReadonlyMap<string, Source>): string[] {
  const files = [...byPath.keys()].filter((path) => path.startsWith(`${folder}/`) && !isTestPath(path));
  const names = files.flatMap((path) => /^([^/]+)\//.exec(path.slice(folder.length + 1))?.[1] ?? []);
  return [...new Set(names)].map((name) => `${folder}/${name}`);
}

function checkFiles(folder: string, byPath: ReadonlyMap<string, Source>, without: Without): Violation[] {
  const slice = folder.slice('src/capabilities/'.length);
  return STANDARD.filter((file) => !without[slice]?.includes(file))
    .map((file) => `${folder}/${file}`)
    .filter((path) => !byPath.has(path))
    .map((path) => ({
      path,
      line: 1,
      message: 'is missing: a slice looks like src/capabilities/organizations.',
    }));
}

function checkHeader(folder: string, byPath: ReadonlyMap<string, Source>): Violation[] {
  const path = `${folder}/index.ts`;
  const source = byPath.get(path);
  if (source === undefined)
    return [{ path, line: 1, message: 'is missing: it is the only door into the slice.' }];
  const [first] = source.comments;
  const isHeader = first?.type === 'Block' && first.value.startsWith('*') && first.start === 0;
  const missing = HEADER_WORDS.filter((word) => !isHeader || !first.value.includes(word));
  if (missing.length === 0) return [];
  return [{ path, line: 1, message: `its header comment does not say: ${missing.join(', ')}.` }];
}
