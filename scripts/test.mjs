// `npm test`: everything, from a fresh clone. Ends with one line: `N passed, N failed, N skipped`.
import { fileURLToPath } from 'node:url';
import { ensureReady, requireNode } from './install.mjs';
import { giveLeftoversAtExit } from './owner.mjs';
import { reportStep, startStep, staticSteps } from './steps.mjs';
import { runNewerNode, runUnprivileged, runVitest } from './suites.mjs';
import { installSystemPackages } from './system-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Prints failed and skipped tests by name, the totals on a line of their own, and ends the process. */
function finish(tallies) {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.flatMap((tally) => tally.failed);
  const skipped = tallies.flatMap((tally) => tally.skipped);
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${firstLine(reason)}`);
  for (const { name, reason } of failed) console.log(`failed: ${name}: ${firstLine(reason)}`);
  if (passed === 0 && failed.length === 0) console.log('No test ran: that is a failure.');
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  process.exit(failed.length > 0 || passed === 0 ? 1 : 0);
}

const firstLine = (text) => text.split('\n', 1)[0];

async function runStatic() {
  const results = await Promise.all(staticSteps(root).map((step) => startStep(step, { cwd: root }).done));
  for (const result of results) console.log(reportStep(result));
  const failed = results
    .filter(({ isOk }) => !isOk)
    .map(({ name }) => ({ name, reason: 'see its output above' }));
  return { passed: 0, failed, skipped: [] };
}

requireNode();
giveLeftoversAtExit(root);
try {
  await ensureReady(root);
} catch (error) {
  console.log(error.message);
  finish([{ passed: 0, failed: [{ name: 'install and build', reason: error.message }], skipped: [] }]);
}
installSystemPackages();
finish([
  await runStatic(),
  runVitest('the whole suite', [], { cwd: root }),
  await runNewerNode(root),
  runUnprivileged(root),
]);
