import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { isSourcePath, parseSource } from './source.ts';
import type { Source, TextFile } from './source.ts';

const TEXT = /\.(tsx?|mjs|json|md|sql|ya?ml|css|html|sh)$/;

export type Repository = {
  readonly paths: readonly string[];
  readonly sources: readonly Source[];
  readonly texts: readonly TextFile[];
  readonly sizeOf: (path: string) => number;
};

/** Reads what git tracks, and what it would track if it were added: a new file is judged before its commit. */
export function readRepository(): Repository {
  // The clone may belong to another user than the one who tests it.
  const list = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', list, { encoding: 'utf8' }).split('\0');
  const paths = [...new Set(listed)].filter((path) =>
    statSync(path || '.', { throwIfNoEntry: false })?.isFile(),
  );
  const texts = paths
    .filter((path) => TEXT.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const sources = texts.filter(({ path }) => isSourcePath(path)).map(parseSource);
  return { paths, texts, sources, sizeOf: (path) => statSync(path).size };
}
