// `npm start` from a copy of the scripts with a small program: what a user sees before the product itself speaks.
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const PROGRAM = 'process.stdout.write(`${JSON.stringify(process.argv.slice(2))}\\n`);';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doorwright-start-'));
  cpSync('scripts', join(root, 'scripts'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json']) cpSync(name, join(root, name));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'src'));
  mkdirSync(join(root, 'migrations'));
  writeFileSync(join(root, 'migrations/0001_users.sql'), '-- owner: users\n');
  // Packages that are out of date would be replaced through the link, under the feet of every other test.
  writeFileSync(join(root, 'npm-cli.js'), 'process.exit(1);');
  writeProgram(PROGRAM);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const writeProgram = (text: string) => writeFileSync(join(root, 'src/main.ts'), text);

type Outcome = { code: number | null; stdout: string; stderr: string };

function start(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, npm_execpath: join(root, 'npm-cli.js') };
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs'), ...args], { cwd: tmpdir(), env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...output }));
  });
}

test('the first start builds, and stdout belongs to the program', async () => {
  expect(await start('--json', '--help')).toEqual({
    code: 0,
    stdout: '["dev","--json","--help"]\n',
    stderr: 'Building ...\n',
  });
  expect(existsSync(join(root, 'dist/migrations/0001_users.sql'))).toBe(true);
});

test('the second start builds nothing, and a change of the sources is built', async () => {
  await start();
  expect((await start()).stderr).toBe('');
  writeProgram(`process.stdout.write('changed');`);
  expect(await start()).toMatchObject({ stdout: 'changed', stderr: 'Building ...\n' });
});

test('of two starts at once, only one builds', async () => {
  const outcomes = await Promise.all([start('a'), start('b')]);
  expect(outcomes.map(({ code, stdout }) => [code, stdout])).toEqual([
    [0, '["dev","a"]\n'],
    [0, '["dev","b"]\n'],
  ]);
  expect(outcomes.filter(({ stderr }) => stderr.includes('Building'))).toHaveLength(1);
});

test.each([
  ['of a dead process', JSON.stringify({ pid: 2 ** 30, host: hostname() })],
  ['cut off by a crash', '{"pid":'],
])('a lock %s is taken over', async (_, lock) => {
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist/.lock'), lock);
  expect(await start()).toMatchObject({ code: 0, stdout: '["dev"]\n' });
  expect(existsSync(join(root, 'dist/.lock'))).toBe(false);
});

test('a process waits for a lock that is held, and says for whom', async () => {
  mkdirSync(join(root, 'dist'));
  const lock = join(root, 'dist/.lock');
  writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname() }));
  const env = { ...process.env, npm_execpath: join(root, 'npm-cli.js') };
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], { env });
  const said = await new Promise((done) => child.stderr.once('data', (chunk) => done(String(chunk))));
  expect(said).toBe(`Another process (${process.ppid}) is installing or building here; waiting for it.\n`);
  rmSync(lock);
  expect(await new Promise((done) => child.once('close', done))).toBe(0);
});

test('a build that fails says where, and leaves no lock', async () => {
  writeProgram('const (');
  const { code, stdout, stderr } = await start();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('src/main.ts:1:6: ERROR');
  expect(existsSync(join(root, 'dist/.lock'))).toBe(false);
});

test.skipIf(process.getuid?.() !== 0)(
  'root in a clone of another user: what it built is that user’s, who can build next',
  async () => {
    mkdirSync(join(root, 'packages/mcp-docs/src'), { recursive: true });
    writeFileSync(join(root, 'packages/mcp-docs/src/main.ts'), '');
    execFileSync('chown', ['-R', '--no-dereference', '54321:54321', root]);
    expect(await start()).toMatchObject({ code: 0 });
    const built = ['dist', 'packages'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name))),
    );
    expect(built).toContain('packages/mcp-docs/dist/doorwright-mcp-docs.js');
    expect(built.filter((path) => lstatSync(join(root, path)).uid !== 54321)).toEqual([]);
  },
);
