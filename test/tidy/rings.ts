import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import { isTestPath } from './source.ts';
import type { Source, Violation } from './source.ts';

// A file may import its own ring and those before it. `config.ts` is read by platform and everything outside it.
const RINGS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['lib', /^src\/lib\//],
  ['protocols', /^src\/protocols\//],
  ['platform', /^src\/(platform\/|config\.ts$)/],
  ['capabilities and pages', /^src\/(capabilities|pages)\//],
  ['app', /^src\/app\.ts$/],
  ['main', /^(src\/(main\.ts$|commands\/|seed\/|server\/)|package\.json$)/],
];

const ringOf = (path: string): number => RINGS.findIndex(([, pattern]) => pattern.test(path));
const ringName = (ring: number): string => RINGS[ring]?.[0] ?? 'no ring';

/** Imports point inward: lib <- protocols <- platform <- capabilities and pages <- app <- main. Tests may import all. */
export function checkRings(sources: readonly Source[]): Violation[] {
  return sources
    .filter(({ path }) => path.startsWith('src/') && !isTestPath(path))
    .flatMap((source) => [...checkPlace(source), ...importsOf(source).flatMap(checkDirection)]);
}

function checkPlace({ path }: Source): Violation[] {
  return ringOf(path) === -1
    ? [{ path, line: 1, message: 'belongs to no ring: move it into a folder of one.' }]
    : [];
}

function checkDirection({ from, target, line }: Import): Violation[] {
  if (target === null) return [];
  if (ringOf(target) === -1 || isTestPath(target)) {
    return [{ path: from, line, message: `the product must not import ${target}, which is no part of it.` }];
  }
  if (ringOf(target) <= ringOf(from)) return [];
  const rings = `${ringName(ringOf(from))} must not import ${ringName(ringOf(target))}`;
  return [{ path: from, line, message: `${rings} (${target}): imports point inward.` }];
}

/** Our own modules are named by relative path and with their extension, so that a name finds the file as it stands. */
export function checkSpecifiers(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) =>
    importsOf(source)
      .filter(({ target, specifier }) => target !== null && !/\.(tsx?|mjs|json)$/.test(specifier))
      .map(({ line, specifier }) => ({
        path: source.path,
        line,
        message: `import '${specifier}' by its file name, ending in .ts.`,
      })),
  );
}
