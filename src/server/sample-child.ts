import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Log } from '../platform/log.ts';

/** What is passed on of the environment: neither keys nor the address of the database. */
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS'];
const stopTimeoutMs = 3_000;

/** The sample application as a process of its own. */
export interface SampleChild {
  stop(): Promise<void>;
}

export interface SampleOptions {
  program: string;
  port: number;
  environment: Readonly<Record<string, string>>;
  log: Log;
  /** Is told once, in a sentence, when it ends by itself. */
  onFailure(reason: string): void;
}

/** The program of the sample, beside the bundle or in the repository; null where it is not installed. */
export function sampleProgram(): string | null {
  const file = 'examples/express/server.mjs';
  const places = [`../${file}`, `../../${file}`].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return places.find((path) => existsSync(path)) ?? null;
}

/** The first of `ports` on which nobody listens, else any free one. */
export async function findFreePort(ports: readonly number[]): Promise<number> {
  for (const port of ports) if (await isFree(port)) return port;
  return (await tryListening(0, '127.0.0.1')) ?? 0;
}

/** `localhost` is both: somebody at either of them would get the sample's visitors, or lose theirs to it. */
async function isFree(port: number): Promise<boolean> {
  const found = await Promise.all(['127.0.0.1', '::1'].map((host) => tryListening(port, host)));
  return found.every((one) => one !== null);
}

/** The port that could be had for a moment, or null when somebody has it. A machine may lack one of the addresses. */
function tryListening(port: number, host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRINUSE' || code === 'EACCES' ? null : port),
    );
    server.listen({ port, host, exclusive: true }, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

/** Starts it. It ends with this process, however that ends: the channel between them closes. */
export function startSample({ program, port, environment, log, onFailure }: SampleOptions): SampleChild {
  let isStopped = false;
  let lastWords = '';
  const fail = (reason: string): void => {
    if (!isStopped) onFailure(reason);
    isStopped = true;
  };
  const inherited = Object.fromEntries(passedOn.map((name) => [name, process.env[name]]));
  const child = spawn(process.execPath, [program], {
    env: { ...inherited, ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString().trim();
    lastWords = text.split('\n', 1)[0] ?? '';
    log.debug({ text }, 'sample application');
  });
  child.once('error', ({ message }) => fail(message));
  // Not `exit`: what it says last is read by then.
  child.once('close', (code, signal) => fail(lastWords || `it ended with ${signal ?? `code ${code}`}`));
  return {
    stop: async () => {
      isStopped = true;
      await end(child);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const deadline = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(deadline);
}
