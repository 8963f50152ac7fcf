import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const bin = (root, path) => [process.execPath, join(root, 'node_modules', path)];

// Prettier's, in node_modules, by the content of files.
const cache = ['--cache', '--cache-strategy', 'content'];

/** The checks that run no test, as `{name, command}`. The command is a list: program, then arguments. */
export function staticSteps(root) {
  const steps = [
    { name: 'types', command: [...bin(root, 'typescript/bin/tsc'), '--noEmit', '-p', root] },
    { name: 'lint', command: [...bin(root, 'oxlint/bin/oxlint'), '--deny-warnings'] },
    {
      name: 'format',
      command: [...bin(root, 'prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', ...cache, '.'],
    },
  ];
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (scripts.generate !== undefined && existsSync(join(root, 'scripts/generate.ts'))) {
    const command = [...bin(root, 'tsx/dist/cli.mjs'), 'scripts/generate.ts', '--check'];
    steps.push({ name: 'generated files', command });
  }
  return steps;
}

/**
 * Starts one step and returns `{child, done}`; `done` resolves to `{name, isOk, seconds, output}`.
 * `options` go to spawn.
 */
export function startStep({ name, command }, options) {
  const started = performance.now();
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  const done = new Promise((resolve) => {
    const end = (isOk) =>
      resolve({
        name,
        isOk,
        seconds: (performance.now() - started) / 1000,
        output: Buffer.concat(chunks).toString(),
      });
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
  return { child, done };
}

/** One line for a finished step, followed by its output when it failed. */
export function reportStep({ name, isOk, seconds, output }) {
  const line = `${isOk ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${seconds.toFixed(1)} s`;
  return isOk ? line : `${line}\n${output.trimEnd()}`;
}
