import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// No import of ours: test/newer-node runs this file as it is, under the newer Node.js.

export interface ProgramOptions {
  /** Arguments after `npm start --`. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** The Node.js that runs it; this one by default. */
  node?: string;
  /** The script; by default the one behind `npm start`, which builds first when sources changed. */
  script?: string;
  /** Ready when stdout matches. */
  readyWhen: RegExp;
}

export interface Program {
  stdout: string;
  dataDirectory: string;
  stop(): Promise<void>;
}

const patienceMs = 60_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts the real program on any free port, with a data directory that `stop` removes. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { args = [], env = {}, node = process.execPath, script = 'scripts/start.mjs', readyWhen } = options;
  const dataDirectory = await mkdtemp(join(tmpdir(), 'doorwright-program-'));
  const child = spawn(node, [join(root, script), ...args], {
    cwd: dataDirectory,
    env: { ...process.env, PORT: '0', DOORWRIGHT_DATA_DIR: join(dataDirectory, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await closed;
    await rm(dataDirectory, { recursive: true, force: true });
  };
  try {
    return { stdout: await waitForReady(child, readyWhen), dataDirectory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function waitForReady(child: ChildProcess, readyWhen: RegExp): Promise<string> {
  const output = { stdout: '', stderr: '' };
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the program ${why}: ${output.stdout}${output.stderr}`));
    const deadline = setTimeout(() => fail('was not ready in time'), patienceMs);
    const settle = (act: () => void) => {
      clearTimeout(deadline);
      act();
    };
    child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
    child.stdout?.on('data', (chunk) => {
      output.stdout += String(chunk);
      if (readyWhen.test(output.stdout)) settle(() => resolve(output.stdout));
    });
    child.once('error', (error) => settle(() => fail(`did not start (${error.message})`)));
    child.once('exit', (code) => settle(() => fail(`ended with code ${code}`)));
  });
}

/** What `--json` prints when requests are answered. */
export interface Ready {
  url: string;
  api_key: string;
  client_id: string;
  pid: number;
}

/** As `startProgram`, by way of `--json`. */
export async function startJsonProgram(
  options: Omit<ProgramOptions, 'readyWhen'> = {},
): Promise<Program & { ready: Ready }> {
  const args = [...(options.args ?? []), '--json'];
  const program = await startProgram({ ...options, args, readyWhen: /\n/ });
  return { ...program, ready: JSON.parse(program.stdout) as Ready };
}
