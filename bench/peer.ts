import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';

/** Another program that does the same work: `peers/<name>/server.mjs`. */
export interface Peer<Ready> {
  /** What it said in its first line, once it could be asked. */
  ready: Ready;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a peer; installs it the first time, as its lockfile says, without what it can do without. */
export async function startPeer<Ready>(
  name: string,
  schema: z.ZodType<Ready>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Peer<Ready>> {
  const folder = fileURLToPath(new URL(`peers/${name}`, import.meta.url));
  if (!existsSync(`${folder}/node_modules`)) {
    const options = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  const child: ChildProcess = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  if (!child.stdout) throw new Error('the peer has no stdout');
  const first = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [line] = await Promise.race([first, ended.then(() => ['null'] as const)]);
  return {
    ready: schema.parse(JSON.parse(line)),
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
