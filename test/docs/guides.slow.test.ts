// The code on the pages of docs/guides and in README.md is run, in its order, against the real program.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { blocksOf, printsOf, toModule } from './blocks.ts';

const execute = promisify(execFile);
const guides = readdirSync('docs/guides').map((name) => `docs/guides/${name}`);
const pages = ['README.md', ...guides];
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let folder: string;
let environment: Record<string, string>;
let program: RunningProgram;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-docs-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  symlinkSync(resolve('dist'), join(folder, 'dist'));
  environment = { DOORWRIGHT_DATA_DIR: join(folder, 'data') };
  await buildProgram();
  program = await startProgram(environment);
  // The jobs of the first minute hold events back while they run; a reader of the page has no such haste.
  await vi.waitFor(
    async () => {
      const response = await fetch(`${program.url}/events?limit=1`, {
        headers: { authorization: `Bearer ${program.apiKey}` },
      });
      expect(await response.json()).toMatchObject({ data: [{ event: expect.any(String) }] });
    },
    { timeout: 20_000, interval: 50 },
  );
});

afterAll(async () => {
  await program.stop();
  rmSync(folder, { recursive: true, force: true });
});

// About a program of its own: mcp-guide.slow.test.ts runs it.
const aboutOthers = new Set(['docs/guides/mcp.md']);
const own = pages.filter((page) => !aboutOthers.has(page));

test.for(own)('what %s shows works as it says', async (page, { skip }) => {
  const blocks = blocksOf(readFileSync(page, 'utf8')).filter(
    // README begins with the commands that start the program.
    ({ language }) => page !== 'README.md' || language === 'js',
  );
  const runnable = blocks.filter(({ exemption }) => exemption === null);
  expect(runnable.some(({ language }) => language === 'js' || language === 'sh')).toBe(true);
  const needsCurl = runnable.some(({ text }) => text.includes('curl '));
  skip(needsCurl && !hasCurl, 'curl is not installed: apt-get install curl');
  const port = new URL(program.url).port;
  const file = join(folder, `${page.replaceAll('/', '-')}.mjs`);
  writeFileSync(
    file,
    toModule(blocks, (text) => text.replaceAll('4100', port)),
  );
  const { stdout } = await execute(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
  const lines = stdout.split('\n');
  for (const printed of runnable.flatMap(({ text }) => printsOf(text))) expect(lines).toContain(printed);
});
