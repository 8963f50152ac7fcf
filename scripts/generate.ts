// `npm run generate`: rewrites every generated file. With `--check`, changes nothing and fails when one would change.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { formatFacts, makeFacts } from './contract/make-facts.ts';
import { makeChecksums } from './generate/checksums.ts';
import { makeConfiguration } from './generate/configuration.ts';
import { makeCoverage } from './generate/coverage.ts';
import { makeEvents } from './generate/events.ts';
import { makeErrors, makeTroubleshooting } from './generate/errors.ts';
import { makeOpenApi } from './generate/openapi.ts';

/** `make` returns the whole text of the file, or null when there is nothing to generate it from. */
type Generator = { readonly file: string; readonly make: () => Promise<string | null> };

// In order: a later one may read what an earlier one wrote.
const generators: readonly Generator[] = [
  { file: 'test/contract/facts.json', make: makeFactsFile },
  { file: 'migrations/checksums.json', make: makeChecksums },
  { file: 'openapi.json', make: makeOpenApi },
  { file: 'docs/self-hosting/configuration.md', make: makeConfiguration },
  { file: 'docs/reference/events.md', make: makeEvents },
  { file: 'docs/errors.md', make: makeErrors },
  { file: 'docs/troubleshooting.md', make: makeTroubleshooting },
  { file: 'README.md', make: makeCoverage },
];

async function makeFactsFile(): Promise<string | null> {
  const contract = process.env['CONTRACT_FILE'];
  return contract ? formatFacts(makeFacts(readFileSync(contract, 'utf8'))) : null;
}

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const { file, make } of generators) {
  const text = await make();
  if (text === null || (existsSync(file) && readFileSync(file, 'utf8') === text)) continue;
  stale.push(file);
  if (!isCheck) writeFileSync(file, text);
}

if (isCheck && stale.length > 0) {
  console.error(`Not up to date: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`);
  process.exitCode = 1;
} else {
  console.log(stale.length > 0 ? `Rewrote ${stale.join(', ')}.` : 'Every generated file is up to date.');
}
