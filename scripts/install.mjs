import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { giveToOwner } from './owner.mjs';
import { fail, say } from './say.mjs';
import {
  BUILD_OUTPUTS,
  buildStampPath,
  readStamp,
  stampPackages,
  stampSources,
  writeAtomically,
} from './stamp.mjs';

const MINIMUM_NODE = [20, 19];

/** Ends the process with a sentence when this Node.js is older than the product supports. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  fail(
    `Doorwright needs Node.js ${MINIMUM_NODE.join('.')} or newer, and this is ${process.versions.node}. ` +
      'Install a current version from https://nodejs.org, then start again.',
  );
}

/**
 * Installs the packages and builds `dist/` when either is out of date. Returns at once when both are fresh.
 * Throws an error whose message says what to do.
 */
export async function ensureReady(root) {
  if (isInstalled(root) && isBuilt(root)) return;
  const wait = (pid) => say(`Another process (${pid}) is installing or building here; waiting for it.`);
  try {
    await withLock(join(root, 'dist/.lock'), wait, async () => {
      await ensureInstalled(root);
      if (!isBuilt(root)) await build(root);
    });
  } finally {
    // After a failure too: the owner could not write into a folder that root left behind.
    giveToOwner(root, [...BUILD_OUTPUTS, 'node_modules']);
  }
}

/** Installs the packages of the folder from its lockfile, unless they already are. Throws like `ensureReady`. */
export async function ensureInstalled(root) {
  if (!isInstalled(root)) await install(root);
}

const installStampPath = (root) => join(root, 'node_modules/.doorwright-stamp');

function isInstalled(root) {
  const wanted = stampPackages(root);
  const found = readStamp(installStampPath(root));
  if (found !== '' || !hasLockedVersions(root)) return found === wanted;
  writeAtomically(installStampPath(root), wanted);
  giveToOwner(root, ['node_modules/.doorwright-stamp']);
  return true;
}

/** True when somebody ran npm by hand and its own record agrees with the lockfile. */
function hasLockedVersions(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(record, 'utf8')).packages;
  const required = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional);
  return required.every(([path, entry]) => found[path]?.version === entry.version);
}

async function install(root) {
  say('Installing packages (npm ci) ...');
  // The level is named because `npm start --silent` would silence the reason of a failure as well.
  const code = await runNpm(root, ['ci', '--include=dev', '--loglevel=notice']);
  if (code !== 0) {
    throw new Error(
      `Installing the packages failed: npm ci ended with code ${code}; its own message is above. ` +
        'Check the network connection and the npm registry setting, then start again.',
    );
  }
  writeAtomically(installStampPath(root), stampPackages(root));
}

/** Runs npm with its output on stderr and resolves to its exit code. */
function runNpm(cwd, args) {
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : null;
  const [file, first] = npm === null ? ['npm', []] : [process.execPath, [npm]];
  const isShellNeeded = npm === null && process.platform === 'win32';
  // The npm that runs us hands its own project's setting down; each folder has its own.
  const { npm_config_engine_strict: _, ...env } = process.env;
  return new Promise((resolve) => {
    const child = spawn(file, [...first, ...args], {
      cwd,
      env,
      stdio: ['ignore', 2, 2],
      shell: isShellNeeded,
    });
    child.on('error', (error) => {
      say(`npm could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}

function isBuilt(root) {
  return (
    readStamp(buildStampPath(root)) === stampSources(root) && existsSync(join(root, 'dist/doorwright.js'))
  );
}

async function build(root) {
  say('Building ...');
  try {
    const { buildProgram } = await import('./build.mjs');
    await buildProgram(root);
  } catch (error) {
    throw new Error(`The build failed: ${error.message}`, { cause: error });
  }
}
