import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Example } from '../corpus/page.ts';
import { readJsonChangelog, readMarkdownChangelog } from './changelog.ts';
import { emptyDraft } from './draft.ts';
import type { Draft } from './draft.ts';
import { isRecord, textOf } from './front-matter.ts';
import { readTree } from './tree.ts';
import { listFiles } from './walk.ts';

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.tsx': 'typescript',
  '.js': 'javascript',
  '.jsx': 'javascript',
  '.mjs': 'javascript',
  '.py': 'python',
  '.rb': 'ruby',
  '.go': 'go',
  '.php': 'php',
  '.java': 'java',
  '.kt': 'kotlin',
  '.cs': 'csharp',
  '.sh': 'bash',
};
const MAX_EXAMPLE_BYTES = 100_000;

/**
 * Reads a folder of documentation. A folder with `.docs/organized` (a published docs server) is read by its parts `docs`,
 * `examples` and `changelogs`; any other one is a tree of pages in which a CHANGELOG.md becomes a changelog of `name`.
 */
export function readFolder(folder: string, name = packageNameOf(folder)): Draft {
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder.`);
  const organized = [join(folder, '.docs/organized'), join(folder, 'organized')].find((path) =>
    existsSync(path),
  );
  return organized === undefined ? readPlainFolder(folder, name) : readOrganized(organized);
}

/** Reads a folder of sample applications: their files as examples, what their README says as pages. */
export function readExamplesFolder(folder: string): Draft {
  const files = listFiles(folder)
    .filter((path) => /\.mdx?$/i.test(path))
    .map((path) => `${basename(folder)}/${path}`);
  return { ...emptyDraft(), ...readTree(dirname(folder), { files }), examples: readExamples(folder) };
}

function readOrganized(root: string): Draft {
  const draft = emptyDraft();
  if (existsSync(join(root, 'docs'))) Object.assign(draft, readTree(join(root, 'docs')));
  if (existsSync(join(root, 'examples'))) draft.examples.push(...readExamples(join(root, 'examples')));
  if (existsSync(join(root, 'changelogs'))) {
    for (const path of listFiles(join(root, 'changelogs')).filter((name) => name.endsWith('.json'))) {
      draft.changelogs.push(...readJsonChangelog(readFileSync(join(root, 'changelogs', path), 'utf8')));
    }
  }
  return draft;
}

function readPlainFolder(folder: string, ownName: string): Draft {
  const files = listFiles(folder);
  const isChangelog = (path: string) => /^changelog\.md$/i.test(basename(path));
  const draft = emptyDraft();
  const pages = files.filter((path) => !isChangelog(path) && !/(^|\/)examples\/.*\.(?!mdx?$)/.test(path));
  Object.assign(draft, readTree(folder, { files: pages }));
  for (const path of files.filter(isChangelog)) {
    const name = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ownName;
    draft.changelogs.push(...readMarkdownChangelog(readFileSync(join(folder, path), 'utf8'), name));
  }
  if (existsSync(join(folder, 'examples'))) draft.examples.push(...readExamples(join(folder, 'examples')));
  return draft;
}

/** The name in a folder's package.json, else the folder's own. */
export function packageNameOf(folder: string): string {
  return readPackage(folder).name ?? basename(folder);
}

/** Name and version of a folder's package.json where it has one. */
export function readPackage(folder: string): { name: string | null; version: string | null } {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return { name: null, version: null };
  const data: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(data)) return { name: null, version: null };
  return { name: textOf(data['name']) || null, version: textOf(data['version']) || null };
}

/** The source files below an examples folder, grouped by its first level: `sso/login.ts` belongs to `sso`. */
export function readExamples(root: string): Example[] {
  return listFiles(root).flatMap((path) => {
    const language = LANGUAGES[extname(path)];
    if (language === undefined || statSync(join(root, path)).size > MAX_EXAMPLE_BYTES) return [];
    const name = path.includes('/') ? (path.split('/')[0] ?? 'misc') : 'misc';
    return [
      {
        name,
        title: path,
        language,
        code: readFileSync(join(root, path), 'utf8'),
        page: null,
        section: null,
      },
    ];
  });
}
