import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = new URL('../..', import.meta.url).pathname;
const execute = promisify(execFile);
const startDeadlineMs = 20_000;

const Ready = z.object({ url: z.string(), pid: z.number(), api_key: z.string() });

/** The built program, running in a process of its own. */
export interface Program {
  readonly url: string;
  readonly pid: number;
  readonly apiKey: string;
  /** From spawn to the line that says it is ready. */
  readonly startedInMs: number;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** What it has written to stderr: its log. */
  log(): string;
}

export interface ProgramOptions {
  dataDirectory: string;
  environment?: Readonly<Record<string, string>>;
}

let built: Promise<unknown> | undefined;

/** Bundles the sources as they are now, once per run. */
export function buildProgram(): Promise<unknown> {
  built ??= execute(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
  return built;
}

/**
 * Starts `doorwright dev --json` and waits until it is ready.
 * @throws with its log when it ends before, or takes longer than 20 s
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/doorwright.js'), 'dev', '--json'], {
    cwd: options.dataDirectory,
    env: {
      ...process.env,
      NODE_ENV: undefined,
      PORT: '0',
      DOORWRIGHT_DATA_DIR: options.dataDirectory,
      DOORWRIGHT_RATE_LIMITS: 'off',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const line = await readFirstLine(child, () => log);
  const ready = Ready.parse(JSON.parse(line));
  return {
    url: ready.url,
    pid: ready.pid,
    apiKey: ready.api_key,
    startedInMs: performance.now() - startedAt,
    ended,
    log: () => log,
  };
}

async function readFirstLine(child: ChildProcess, readLog: () => string): Promise<string> {
  let output = '';
  const ready = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('\n')) resolve(output);
    });
  });
  const failed = once(child, 'close').then(() => {
    throw new Error(`the program ended before it was ready:\n${readLog()}`);
  });
  const abort = new AbortController();
  const late = once(AbortSignal.any([AbortSignal.timeout(startDeadlineMs), abort.signal]), 'abort').then(
    () => {
      throw new Error(`the program was not ready after ${startDeadlineMs} ms:\n${readLog()}`);
    },
  );
  const both = Promise.race([failed, late]);
  both.catch(() => undefined);
  failed.catch(() => undefined);
  late.catch(() => undefined);
  try {
    return await Promise.race([ready, both]);
  } finally {
    abort.abort();
  }
}

/** The process id of the embedded PostgreSQL, or null when its file is not there or not whole. */
export async function readPostmasterPid(dataDirectory: string): Promise<number | null> {
  const text = await readFile(join(dataDirectory, 'postgres/postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text.split('\n')[0] ?? '', 10);
  return pid > 0 ? pid : null;
}

/** The processes that `pid` started and that run our program: its workers. */
export async function listWorkerPids(pid: number): Promise<number[]> {
  const found = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const pids: number[] = [];
  for (const name of found) {
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) !== pid || state === 'Z') continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('doorwright.js')) pids.push(Number(name));
  }
  return pids;
}

/** Sends a signal; true when the process was still there. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Asks until the condition holds. @throws with `what` after `deadlineMs` */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean> | boolean,
  deadlineMs = 10_000,
): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    if (await condition()) return performance.now() - startedAt;
    if (performance.now() - startedAt > deadlineMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
