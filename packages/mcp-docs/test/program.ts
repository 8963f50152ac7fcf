import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Program and arguments that run the command line from its sources. */
export const COMMAND = { command: process.execPath, args: ['--import', 'tsx', MAIN] } as const;

export type Line = {
  id?: unknown;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
};

/** The program over stdio, spoken to by raw lines. */
export class RawServer {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: string[] = [];
  errors = '';
  private rest = '';
  private wake: (() => void) | null = null;

  constructor(args: readonly string[]) {
    this.child = spawn(COMMAND.command, [...COMMAND.args, ...args], { cwd: ROOT, stdio: 'pipe' });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (this.rest + text).split('\n');
      this.rest = parts.pop() ?? '';
      this.lines.push(...parts);
      this.wake?.();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
      this.wake?.();
    });
    this.child.on('close', () => this.wake?.());
    this.child.stdin.on('error', () => undefined);
  }

  send(text: string): void {
    this.child.stdin.write(`${text}\n`);
  }

  call(id: number, method: string, params: object): void {
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  /** Waits until `isReached`, or the end of the process. */
  async until(isReached: () => boolean): Promise<void> {
    while (!isReached() && this.child.exitCode === null && this.child.signalCode === null) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** The answers so far. Throws when a line of standard output is no JSON-RPC message. */
  answers(): Line[] {
    return this.lines.map((line) => {
      const value = JSON.parse(line) as Line & { jsonrpc: string };
      if (value.jsonrpc !== '2.0')
        throw new Error(`no JSON-RPC message on standard output: ${line.slice(0, 200)}`);
      return value;
    });
  }

  /** Closes its input and returns the exit code. */
  async end(): Promise<number | null> {
    const closed = new Promise<number | null>((resolve) => this.child.once('close', resolve));
    this.child.stdin.end();
    return this.child.exitCode ?? closed;
  }
}
