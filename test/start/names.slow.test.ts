// Names that are given on the command line keep the rule of those that are sent.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, runProgram } from '../program.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-names-'));
  await buildProgram();
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['an environment', ['env', 'create', '--name', 'A\nB']],
  ['an environment that turns directions', ['env', 'create', '--name', 'A\u202eB']],
  ['a key', ['keys', 'create', '--name', 'A\u0007B']],
  ['an install key', ['keys', 'create', '--admin', '--name', '']],
])('a name of %s that is not one plain line is refused before a database is opened', async (_, args) => {
  const data = join(folder, 'data');
  const { code, stdout, stderr } = await runProgram(args, { DOORWRIGHT_DATA_DIR: data });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('--name has 1 to 100 characters in one line');
  expect(existsSync(data)).toBe(false);
});
