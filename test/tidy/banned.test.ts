import { expect, test } from 'vitest';
import { checkBanned } from './banned.ts';
import { placesOf, samples } from './samples.ts';

const USERS = 'src/capabilities/users/users.ts';
const USERS_TEST = 'src/capabilities/users/create.test.ts';
const TODO = 'TODO';
const check = (path: string, text: string) => placesOf(checkBanned(samples({ [path]: text })));

test.each([
  [USERS, 'const a: any = 1;'],
  [USERS_TEST, 'let a: Promise<any[]>;'],
  [USERS, 'const a = b as unknown as string;'],
  [USERS, 'const a = (b as unknown) as string;'],
  [USERS, 'const a = Date.now();'],
  [USERS, 'const a = new Date();'],
  [USERS, 'const a = Math.random();'],
  [USERS, 'const a = await fetch(url);'],
  [USERS, 'const a = await globalThis.fetch(url);'],
  [USERS, 'console.log(a);'],
  ['src/platform/http.ts', 'console.error(a);'],
  [USERS_TEST, 'console.log(a);'],
  [USERS_TEST, 'setTimeout(run, 100);'],
  [USERS_TEST, 'await timers.setTimeout(2_000);'],
  [USERS_TEST, "test.only('a', run);"],
  [USERS_TEST, "describe.concurrent.only('a', run);"],
  [USERS_TEST, "test.skip('a', run);"],
  [USERS, `// ${TODO} later`],
  [USERS, `/* ${TODO}: #later */`],
  [USERS, 'export default 1;'],
  [USERS, 'const a = 1; export { a as default };'],
])('%s must not hold %s', (path, text) => {
  expect(check(path, `\n${text}`)).toEqual([`${path}:2`]);
});

test.each([
  [USERS, 'const any = 1; const a = b as unknown;'],
  [USERS, 'const a = new Date(milliseconds);'],
  [USERS, "import { fetch } from '../../platform/outbound-fetch.ts'; fetch(url);"],
  [USERS, 'const text = "Date.now() and console.log() and fetch()"; // Math.random()'],
  ['src/platform/clock.ts', 'const a = Date.now(); const b = new Date();'],
  ['src/lib/id.ts', 'const a = Math.random();'],
  ['src/platform/outbound-fetch.ts', 'await fetch(url);'],
  [USERS_TEST, 'const a = await fetch(url); const deadline = Date.now() + 1_000;'],
  [USERS_TEST, 'setTimeout(run, 99); setTimeout(run, timeoutMs);'],
  [USERS_TEST, "test.skipIf(!hasChromium)('a', ({ skip }) => skip('no chromium'));"],
  [USERS, `// ${TODO}(#12) later`],
  ['scripts/generate.ts', 'console.log(Date.now());'],
  ['vitest.config.ts', 'export default {};'],
])('%s may hold %s', (path, text) => {
  expect(check(path, text)).toEqual([]);
});
