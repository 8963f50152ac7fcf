import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built program, as users run it. test/newer-node loads this file too: it imports nothing of ours. */

const root = fileURLToPath(new URL('..', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export type Environment = Readonly<Record<string, string>>;

// Nothing of the caller's own configuration reaches the program.
const inherited = Object.fromEntries(
  ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** Bundles the sources into dist/. A running program is not disturbed. */
export async function buildProgram(): Promise<void> {
  const { code, stderr } = await finish(spawn(process.execPath, ['scripts/build.mjs'], { cwd: root }));
  if (code !== 0) throw new Error(`the build failed: ${stderr}`);
}

/** Runs one command to its end. */
export function runProgram(args: readonly string[], environment: Environment): Promise<Outcome> {
  return finish(spawnProgram(args, environment));
}

export interface RunningProgram {
  url: string;
  apiKey: string;
  clientId: string;
  pid: number;
  /** Where the sample application is, when `DOORWRIGHT_SAMPLE` is on. */
  sampleUrl: string | null;
  /** Everything on stderr so far. */
  log(): string;
  /** How it ended, once it has. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM, and the code it ends with. */
  stop(): Promise<number | null>;
}

/**
 * Starts a server and waits until it answers.
 * @param node the Node.js that runs it
 * @throws with its stderr when it ends instead
 */
export async function startProgram(
  environment: Environment,
  args: readonly string[] = ['dev', '--json'],
  node: string = process.execPath,
): Promise<RunningProgram> {
  const child = spawnProgram(args, { PORT: '0', DOORWRIGHT_SAMPLE: 'off', ...environment }, node);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const line = await Promise.race([once(lines, 'line'), ended.then(() => null)]);
  if (line === null) throw new Error(`the program ended before it was ready: ${log}`);
  const ready = JSON.parse(String(line[0])) as Ready;
  return {
    url: ready.url,
    apiKey: ready.api_key ?? '',
    clientId: ready.client_id ?? '',
    pid: ready.pid,
    sampleUrl: ready.sample_url ?? null,
    log: () => log,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      return (await ended).code;
    },
  };
}

interface Ready {
  url: string;
  pid: number;
  api_key?: string;
  client_id?: string;
  sample_url?: string;
}

function spawnProgram(
  args: readonly string[],
  environment: Environment,
  node: string = process.execPath,
): ChildProcess {
  return spawn(node, ['dist/doorwright.js', ...args], {
    cwd: root,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function finish(child: ChildProcess): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
