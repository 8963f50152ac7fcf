import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

const SKIPPED = new Set(['node_modules', '.git', 'dist', 'build', 'coverage']);
const MAX_FILES = 50_000;

/**
 * The files below a folder as relative paths with `/`, sorted. Links that lead out of the folder are left out, whatever
 * they point to. Throws when there are more than 50,000.
 */
export function listFiles(root: string): string[] {
  const realRoot = realpathSync(root);
  const files: string[] = [];
  const visited = new Set<string>();
  const visit = (folder: string) => {
    const real = realpathSync(join(realRoot, folder));
    if (visited.has(real)) return;
    visited.add(real);
    for (const name of readdirSync(real).sort()) {
      if (SKIPPED.has(name)) continue;
      const path = folder === '' ? name : `${folder}/${name}`;
      const target = realTarget(join(real, name));
      if (target === null || !(target === realRoot || target.startsWith(realRoot + sep))) continue;
      const stat = statSync(target);
      if (stat.isDirectory()) visit(path);
      else if (stat.isFile()) files.push(path);
      if (files.length > MAX_FILES) throw new Error(`${root} holds more than ${MAX_FILES} files.`);
    }
  };
  visit('');
  return files;
}

function realTarget(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
