import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 300_000;
const MAX_FEED_BYTES = 20_000_000;

/** A folder that exists while `use` runs. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'doorwright-mcp-docs-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Unpacks a package of the npm registry (`name@version`) or a tarball below `folder` and returns where. Runs no script of it. */
export async function fetchNpmPackage(spec: string, folder: string): Promise<string> {
  const tarball = /\.t?gz$/.test(spec) ? spec : await packPackage(spec, folder);
  await run('tar', ['-xzf', tarball, '-C', folder, '--no-same-owner'], { timeout: TIMEOUT_MS });
  return join(folder, 'package');
}

async function packPackage(spec: string, folder: string): Promise<string> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['pack', spec, '--ignore-scripts', '--silent', '--pack-destination', folder];
  await run(npm, args, { timeout: TIMEOUT_MS, cwd: folder, shell: process.platform === 'win32' }).catch(
    (error: unknown) => {
      throw new Error(
        `npm could not fetch ${spec}: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
      );
    },
  );
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm fetched nothing for ${spec}.`);
  return join(folder, tarball);
}

/** Clones the newest commit of a repository, of `#branch` where the address has one. */
export async function cloneRepository(address: string, folder: string): Promise<string> {
  const [url = '', branch] = address.replace(/^git\+/, '').split('#');
  const target = join(folder, 'repository');
  const at = branch === undefined ? [] : ['--branch', branch];
  await run('git', ['clone', '--quiet', '--depth', '1', ...at, '--', url, target], { timeout: TIMEOUT_MS });
  return target;
}

/** The text behind an address. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > MAX_FEED_BYTES) throw new Error(`${url} is longer than ${MAX_FEED_BYTES} bytes.`);
  return Buffer.from(bytes).toString('utf8');
}
