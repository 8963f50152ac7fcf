import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../test/program.ts';
import { median } from './median.ts';
import { type Usage, readMemory } from './processes.ts';
import { makeDataDirectory, variables } from './server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pollMs = 4;
const settleMs = 10_000;

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });

interface Command {
  file: string;
  args: readonly string[];
}

const program: Command = { file: process.execPath, args: ['dist/doorwright.js', 'dev', '--json'] };
const npmStart: Command = { file: 'npm', args: ['start', '--silent', '--', '--json'] };

/** Seconds from spawn to the first 200 on /health; then stops it cleanly. */
async function measureStart(dataDirectory: string, command: Command): Promise<number> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const child: ChildProcess = spawn(command.file, command.args, {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(port),
      ...variables(dataDirectory),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const ready = { pid: 0 };
  child.stdout?.on('data', (chunk: Buffer) => {
    ready.pid = (JSON.parse(chunk.toString()) as { pid: number }).pid;
  });
  while (!(await answers(port))) await delay(pollMs);
  const seconds = (performance.now() - startedAt) / 1_000;
  // npm does not hand signals on: the line on stdout names the server.
  while (ready.pid === 0) await delay(pollMs);
  process.kill(ready.pid, 'SIGTERM');
  await ended;
  return seconds;
}

export async function measureStarts(): Promise<{ what: string; seconds: number; target: number }[]> {
  const firsts: number[] = [];
  const warm: number[] = [];
  const npm: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const dataDirectory = await makeDataDirectory();
    firsts.push(await measureStart(dataDirectory, program));
    warm.push(await measureStart(dataDirectory, program));
    npm.push(await measureStart(dataDirectory, npmStart));
    await rm(dataDirectory, { recursive: true, force: true });
  }
  return [
    { what: 'first start', seconds: median(firsts), target: 4 },
    { what: 'warm start', seconds: median(warm), target: 1 },
    { what: 'warm start by npm start', seconds: median(npm), target: 1 },
  ];
}

/** Ten seconds after the start, without a request. */
export async function measureMemory(): Promise<Usage> {
  const dataDirectory = await makeDataDirectory();
  const running = await startProgram(variables(dataDirectory));
  await delay(settleMs);
  const usage = readMemory(running.pid);
  await running.stop();
  await rm(dataDirectory, { recursive: true, force: true });
  return usage;
}
