// Runs the node:test files under the folder named second and writes `{passed, failed, skipped}` to the file named
// first, as vitest.mjs does for vitest.
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const [resultPath, folder] = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs'))
  .map((name) => resolve(folder, name));

const tally = { passed: 0, failed: [], skipped: [] };
const nameOf = ({ name, file }) =>
  `${join(folder, (file ?? '').slice(resolve(folder).length + 1))} > ${name}`;
// A suite is judged by its tests, and by itself only when it failed without one, as in a hook.
const isCounted = ({ details }) => details.type !== 'suite' || details.error?.failureType === 'hookFailed';

const stream = run({ files, concurrency: false });
stream.on('test:pass', (event) => {
  if (!isCounted(event)) return;
  if (event.skip !== undefined) tally.skipped.push({ name: nameOf(event), reason: String(event.skip) });
  else tally.passed += 1;
});
stream.on('test:fail', (event) => {
  if (!isCounted(event)) return;
  const { cause, message } = event.details.error;
  tally.failed.push({ name: nameOf(event), reason: String(cause?.message ?? message) });
});
stream.on('end', () => {
  writeFileSync(resultPath, JSON.stringify(tally));
  process.exitCode = tally.failed.length === 0 ? 0 : 1;
});
stream.compose(spec).pipe(process.stdout);
