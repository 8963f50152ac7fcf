// Builds packages/mcp-docs: the program, and the corpus of this repository that ships inside it.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { writeAtomically } from './stamp.mjs';

const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

// The SDK's server checks forms that clients fill in for it. This one has no forms: without the validator it is ready
// 15 ms sooner.
const withoutValidator = {
  name: 'without-validator',
  setup: ({ onLoad }) => {
    onLoad({ filter: /modelcontextprotocol[\\/]sdk[\\/].*ajv-provider\.js$/ }, () => ({
      contents:
        'export class AjvJsonSchemaValidator { getValidator() { throw new Error("No forms here."); } }',
    }));
  },
};

// The SDK describes every message that there is. Those that a server of documentation never meets are left out, which
// halves what is made at the start: a schema in a function that is called once may be dropped when nobody uses it.
const SCHEMA = /^((?:export )?const \w+ = )(.+?);(?=\n(?:export|const|function|\/|\n))/gms;
const withUsedSchemas = {
  name: 'with-used-schemas',
  setup: ({ onLoad }) => {
    onLoad({ filter: /modelcontextprotocol[\\/]sdk[\\/]dist[\\/]esm[\\/]types\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(SCHEMA, '$1/* @__PURE__ */ (() => ($2))();'),
    }));
  },
};

// Those of the repository that are there are read; the first three become pages, the changelog a changelog.
// A link of the documentation that leads nowhere fails the build; these lead to files of the repository.
const LEADS_OUT = ['AGENTS.md', 'openapi.json', '../src/', 'examples/', 'docs/images/'];
const SOURCES = ['docs', 'README.md', 'openapi.json', 'CHANGELOG.md', 'examples'];

/** Builds packages/mcp-docs/dist under `root`. Throws an error with esbuild's messages when it doesn't compile. */
export async function buildMcpDocs(root) {
  const folder = join(root, 'packages/mcp-docs');
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: { 'doorwright-mcp-docs': 'src/main.ts' },
    outdir: 'dist',
    bundle: true,
    // What only some commands need is loaded by them: the server is ready 60 ms sooner.
    splitting: true,
    chunkNames: 'chunk-[hash]',
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [withoutValidator, withUsedSchemas],
    legalComments: 'external',
    charset: 'utf8',
    banner: { js: BANNER },
    logLevel: 'silent',
  });
  const dist = join(folder, 'dist');
  const main = 'doorwright-mcp-docs.js';
  const written = new Set(['corpus']);
  // The chunks first: whoever starts the program meanwhile finds those of the old one or of the new one.
  for (const file of outputFiles.toSorted(
    (a, b) => Number(a.path.endsWith(main)) - Number(b.path.endsWith(main)),
  )) {
    const name = basename(file.path);
    const shebang = name === main ? '#!/usr/bin/env node\n' : '';
    writeAtomically(join(dist, name), shebang + file.text);
    written.add(name);
  }
  chmodSync(join(dist, main), 0o755);
  prepareOwnCorpus(root, join(dist, main));
  for (const name of readdirSync(dist)) {
    if (!written.has(name)) rmSync(join(dist, name), { recursive: true });
  }
}

function prepareOwnCorpus(root, program) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const sources = SOURCES.map((source) => join(root, source)).filter((path) => existsSync(path));
  if (sources.length === 0) return;
  const corpus = join(root, 'packages/mcp-docs/dist/corpus');
  const draft = `${corpus}.${process.pid}.tmp`;
  const names = ['--name', 'doorwright', '--version', version];
  const from = sources.flatMap((source) => ['--from', source]);
  const strict = ['--strict', ...LEADS_OUT.flatMap((text) => ['--leads-out', text])];
  const args = [program, 'prepare', ...names, ...from, ...strict, '--out', draft];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`The documentation could not be prepared:\n${stderr}`);
  }
  rmSync(corpus, { recursive: true, force: true });
  renameSync(draft, corpus);
}
