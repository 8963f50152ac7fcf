import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Log } from '../platform/log.ts';

/** What is passed on of the environment: neither keys nor the address of the database. */
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];
const startTimeoutMs = 10_000;
const stopTimeoutMs = 3_000;
/** One that lived this long and then died is started again at once, whatever happened before. */
const healthyAfterMs = 60_000;
const maxPauseMs = 30_000;

/** Why there is no docs server to ask; the message is for the caller. */
export class DocsUnavailable extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
  }
}

/** The docs server as a process of its own: it is started when it is needed first, and again when it died. */
export interface DocsChild {
  /** The port that it listens on at 127.0.0.1. @throws DocsUnavailable */
  port(): Promise<number>;
  /** The same after the one at `failed` broke a connection off: waits until it is gone. @throws DocsUnavailable */
  nextPort(failed: number): Promise<number>;
  stop(): Promise<void>;
}

export interface DocsChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** The program of the docs server, beside the bundle or in the repository. */
export function docsProgram(): string {
  const file = 'packages/mcp-docs/dist/doorwright-mcp-docs.js';
  const beside = fileURLToPath(new URL(`../${file}`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

/** How long to wait before the next start after so many deaths in a row: nothing after the first, then ever longer. */
export const pauseMs = (deaths: number): number =>
  deaths <= 1 ? 0 : Math.min(maxPauseMs, 250 * 2 ** (deaths - 2));

/** Keeps at most one process. Starts nothing yet. */
export function createDocsChild(options: DocsChildOptions): DocsChild {
  const { program, args, log, now } = options;
  let child: ChildProcess | null = null;
  let ready: Promise<number> | null = null;
  let deaths = 0;
  let notBefore = 0;
  let isStopped = false;

  function start(): Promise<number> {
    const startedAt = now();
    const started = spawn(process.execPath, [program, ...args], {
      env: Object.fromEntries(passedOn.map((name) => [name, process.env[name]])),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child = started;
    started.stderr?.on('data', (text: Buffer) =>
      log.debug({ text: text.toString().trimEnd() }, 'docs server'),
    );
    started.once('exit', (code, signal) => {
      if (child === started) [child, ready] = [null, null];
      if (isStopped) return;
      deaths = now() - startedAt >= healthyAfterMs ? 1 : deaths + 1;
      notBefore = now() + pauseMs(deaths);
      log.warn({ code, signal, deaths }, 'docs server ended');
    });
    return waitForPort(started);
  }

  const port = async (): Promise<number> => {
    if (isStopped) throw new DocsUnavailable('This server is shutting down.', 1);
    if (ready) return ready;
    if (!existsSync(program)) {
      throw new DocsUnavailable(
        'The documentation server is not built: run `npm run build`, or set DOORWRIGHT_MCP_DOCS=off.',
        null,
      );
    }
    const left = notBefore - now();
    if (left > 0) {
      const message = 'The documentation server ends again and again; the log says why.';
      throw new DocsUnavailable(message, Math.ceil(left / 1_000));
    }
    return (ready = start());
  };
  return {
    port,
    nextPort: async (failed) => {
      // Another call may have had it replaced already.
      if (child && (await ready?.catch(() => failed)) === failed) await end(child);
      return port();
    },
    stop: async () => {
      isStopped = true;
      if (child) await end(child);
    },
  };
}

/** It reports its port over the channel. A parent that is gone closes the channel, and the child ends by itself. */
function waitForPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(deadline);
      reject(new DocsUnavailable('The documentation server could not be started; the log says why.', 1));
    };
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      fail();
    }, startTimeoutMs);
    child.once('error', fail);
    child.once('exit', fail);
    child.once('message', ({ port }: { port: number }) => {
      clearTimeout(deadline);
      resolve(port);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const deadline = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    child.once('exit', () => {
      clearTimeout(deadline);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
