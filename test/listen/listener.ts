import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';

/** `doorwright listen`, as it runs in a terminal. */
export interface Listener {
  stdout(): string;
  stderr(): string;
  /** The lines of `--json`. */
  lines(): Record<string, unknown>[];
  ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts it; `variables` are those of the application. */
export function startListener(args: readonly string[], variables: Record<string, string> = {}): Listener {
  const child = spawn(process.execPath, ['dist/doorwright.js', 'listen', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    lines: () =>
      output.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    ended: once(child, 'close').then(() => child.exitCode),
    kill: (signal) => void child.kill(signal),
  };
}

/** Waits for what a busy machine may take its time for. */
export const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval: 50 });
