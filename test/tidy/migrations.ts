import { createHash } from 'node:crypto';
import type { TextFile, Violation } from './source.ts';

const CHECKSUMS = 'migrations/checksums.json';

/** The checksum that `migrations/checksums.json` records for a migration. */
export const checksumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** True for `migrations/0001_name.sql`. */
export const isMigrationPath = (path: string): boolean => /^migrations\/[^/]+\.sql$/.test(path);

/**
 * Migrations are numbered without a gap, name the slice that owns them on line 1, and never change once recorded in
 * `migrations/checksums.json`: somebody's database has already run them.
 */
export function checkMigrations(texts: readonly TextFile[], paths: readonly string[]): Violation[] {
  const migrations = texts.filter(({ path }) => isMigrationPath(path));
  return [
    ...checkNumbers(migrations),
    ...migrations.flatMap((migration) => checkOwner(migration, paths)),
    ...checkChecksums(migrations, texts.find(({ path }) => path === CHECKSUMS)?.text ?? '{}'),
  ];
}

function checkNumbers(migrations: readonly TextFile[]): Violation[] {
  return migrations.toSorted(byPath).flatMap(({ path }, index) => {
    const expected = `migrations/${String(index + 1).padStart(4, '0')}_`;
    if (path.startsWith(expected) && /_[a-z0-9_]+\.sql$/.test(path)) return [];
    return [
      { path, line: 1, message: `must be named ${expected}<what>.sql: the list has one order and no gaps.` },
    ];
  });
}

const byPath = (a: TextFile, b: TextFile): number => (a.path < b.path ? -1 : 1);

function checkOwner({ path, text }: TextFile, paths: readonly string[]): Violation[] {
  const slice = /^-- owner: ([a-z0-9-]+)\r?\n/.exec(text)?.[1];
  if (slice === undefined) return [{ path, line: 1, message: 'the first line must be `-- owner: <slice>`.' }];
  const homes = [`src/capabilities/${slice}/`, `src/platform/${slice}/`, `src/platform/${slice}.ts`];
  if (paths.some((other) => homes.some((home) => other.startsWith(home)))) return [];
  return [
    { path, line: 1, message: `its owner '${slice}' is no slice of src/capabilities or src/platform.` },
  ];
}

function checkChecksums(migrations: readonly TextFile[], recorded: string): Violation[] {
  const checksums = new Map(Object.entries(JSON.parse(recorded) as Record<string, string>));
  const violations = migrations.flatMap(({ path, text }) => {
    const checksum = checksums.get(path.slice('migrations/'.length));
    checksums.delete(path.slice('migrations/'.length));
    if (checksum === undefined)
      return [{ path, line: 1, message: 'has no checksum yet: run `npm run generate`.' }];
    if (checksum === checksumOf(text)) return [];
    return [{ path, line: 1, message: 'was changed after it was recorded: write a new migration instead.' }];
  });
  const missing = [...checksums.keys()].map((name) => ({
    path: CHECKSUMS,
    line: 1,
    message: `records ${name}, which is gone: a migration is never removed.`,
  }));
  return [...violations, ...missing];
}
