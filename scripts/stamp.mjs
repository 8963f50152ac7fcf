import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BUILD_INPUTS = [
  'src',
  'migrations',
  'package.json',
  'package-lock.json',
  'packages/mcp-docs/src',
  'packages/mcp-docs/package.json',
  'docs',
  'examples',
  'README.md',
  'CHANGELOG.md',
  'openapi.json',
  'scripts/build.mjs',
  'scripts/build-mcp-docs.mjs',
  'tsconfig.json',
];

/** The folders that the build writes. */
export const BUILD_OUTPUTS = ['dist', 'packages/mcp-docs/dist'];

/** The stamp that was last written to `path`, or an empty string. */
export function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Replaces a file in one step: a reader sees the old content or the new, never a part. */
export function writeAtomically(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

/** Where the build leaves its stamp. */
export const buildStampPath = (root) => join(root, 'dist/.build-stamp');

/** A digest of name, size and modification time of every file that the build reads; tests are not among them. */
export function stampSources(root) {
  const digest = createHash('sha256');
  for (const input of BUILD_INPUTS) addToDigest(digest, root, input);
  return digest.digest('hex');
}

function addToDigest(digest, root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    digest.update(`${path}\0${stat.size}\0${stat.mtimeMs}\0`);
    return;
  }
  for (const name of readdirSync(join(root, path)).sort()) {
    if (name !== 'node_modules' && !name.endsWith('.test.ts')) addToDigest(digest, root, `${path}/${name}`);
  }
}

/** A digest of what decides which packages must be installed: the lockfile, and what native packages depend on. */
export function stampPackages(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest('hex');
}
