import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { checksumOf } from '../../test/tidy/migrations.ts';

const FILE = 'migrations/checksums.json';

/** `migrations/checksums.json`: what is committed stays, new migrations are added, and those still being written follow. */
export async function makeChecksums(): Promise<string | null> {
  if (!existsSync('migrations')) return null;
  const migrations = readdirSync('migrations').filter((name) => name.endsWith('.sql'));
  if (migrations.length === 0) return null;
  const current = migrations.map((name) => [name, checksumOf(readFileSync(`migrations/${name}`, 'utf8'))]);
  const checksums: Record<string, string> = { ...Object.fromEntries(current), ...readCommitted() };
  const sorted = Object.entries(checksums).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

function readCommitted(): Record<string, string> {
  const show = ['-c', 'safe.directory=*', 'show', `HEAD:${FILE}`];
  try {
    return parse(execFileSync('git', show, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    // Not committed yet. Outside a clone, what lies here is the record.
    return !existsSync('.git') && existsSync(FILE) ? parse(readFileSync(FILE, 'utf8')) : {};
  }
}

const parse = (text: string): Record<string, string> => JSON.parse(text) as Record<string, string>;
