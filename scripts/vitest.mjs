// Runs vitest with the given arguments and writes `{passed, failed, skipped}` to the file named first, where `failed`
// and `skipped` are lists of `{name, reason}`. A file that can't be loaded counts as one failed test.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseCLI, startVitest } from 'vitest/node';

const [resultPath, ...args] = process.argv.slice(2);

class Tally {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) addModule(tally, module);
    for (const error of unhandledErrors)
      tally.failed.push({ name: 'unhandled error', reason: error.message });
    writeFileSync(resultPath, JSON.stringify(tally));
  }
}

function addModule(tally, module) {
  const file = relative(process.cwd(), module.moduleId);
  for (const error of module.errors()) tally.failed.push({ name: file, reason: error.message });
  for (const suite of module.children.allSuites()) {
    for (const error of suite.errors()) {
      tally.failed.push({ name: `${file} > ${suite.fullName}`, reason: error.message });
    }
  }
  for (const test of module.children.allTests()) {
    const name = `${file} > ${test.fullName}`;
    const { state, note, errors } = test.result();
    if (state === 'passed') tally.passed += 1;
    else if (state === 'failed') tally.failed.push({ name, reason: errors[0]?.message ?? '' });
    else tally.skipped.push({ name, reason: note ?? 'its name says what it needs' });
  }
}

const { filter, options } = parseCLI(['vitest', 'run', ...args]);
// The runner loads the configuration without writing a temporary file beside it: node_modules may be read-only here.
const vitest = await startVitest(
  'test',
  filter,
  { ...options, watch: false, reporters: ['default', new Tally()] },
  { configLoader: 'runner' },
);
await vitest.close();
