// `npm run check`: types, lint, format, generated files and the fast tests, side by side; stops at the first failure.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { giveLeftoversAtExit } from './owner.mjs';
import { reportStep, startStep, staticSteps } from './steps.mjs';

// These run in `npm test` only: slow by nature, or a second look at what the tests beside the code have seen.
const SLOW = [
  'test/browser/**',
  'test/contract/sweep.test.ts',
  'test/crash/**',
  'test/newer-node/**',
  'test/nodes/**',
  'test/sdk/**',
  '**/*.slow.test.ts',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=dot'];
const steps = [
  ...staticSteps(root),
  { name: 'fast tests', command: [...vitest, ...SLOW.flatMap((pattern) => ['--exclude', pattern])] },
];

giveLeftoversAtExit(root);
const started = performance.now();
const running = steps.map((step) => startStep(step, { cwd: root }));
await Promise.all(
  running.map(async ({ done }) => {
    const result = await done;
    console.log(reportStep(result));
    if (result.isOk) return;
    for (const { child } of running) child.kill();
    process.exit(1);
  }),
);
console.log(`All checks passed in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
