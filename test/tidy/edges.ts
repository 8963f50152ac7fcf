import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import { findCycle } from './cycles.ts';
import { isTestPath } from './source.ts';
import type { Source, Violation } from './source.ts';

/** For each capability (and `pages`), the others that it may import. */
export type Edges = Readonly<Record<string, readonly string[]>>;

const DECLARED_IN = 'test/tidy.test.ts';

const sliceOf = (path: string): string | null =>
  /^src\/capabilities\/([^/]+)\//.exec(path)?.[1] ?? (path.startsWith('src/pages/') ? 'pages' : null);

const doorOf = (slice: string): string =>
  slice === 'pages' ? 'src/pages/index.ts' : `src/capabilities/${slice}/index.ts`;

/**
 * A capability imports another only through its `index.ts`, along a declared edge. Each edge of a slice that exists is
 * used, and the edges form no cycle.
 */
export function checkEdges(sources: readonly Source[], edges: Edges): Violation[] {
  const crossings = sources
    .filter(({ path }) => !isTestPath(path))
    .flatMap(importsOf)
    .filter(({ from, target }) => sliceOf(from) !== null && sliceOf(target ?? '') !== null)
    .filter(({ from, target }) => sliceOf(from) !== sliceOf(target ?? ''));
  return [
    ...crossings.flatMap((crossing) => checkCrossing(crossing, edges)),
    ...checkUse(crossings, edges, new Set(sources.map(({ path }) => sliceOf(path)))),
    ...checkAcyclic(edges),
  ];
}

function checkCrossing({ from, target, line }: Import, edges: Edges): Violation[] {
  const own = sliceOf(from) ?? '';
  const other = sliceOf(target ?? '') ?? '';
  const violations: Violation[] = [];
  if (target !== doorOf(other)) {
    violations.push({
      path: from,
      line,
      message: `import ${other} through ${doorOf(other)}, not ${target}.`,
    });
  }
  if (!edges[own]?.includes(other)) {
    const remedy = `declare it in ${DECLARED_IN}, or subscribe to an event of ${other}`;
    violations.push({ path: from, line, message: `the edge ${own} -> ${other} is not declared: ${remedy}.` });
  }
  return violations;
}

function checkUse(
  crossings: readonly Import[],
  edges: Edges,
  slices: ReadonlySet<string | null>,
): Violation[] {
  const used = new Set(crossings.map(({ from, target }) => `${sliceOf(from)} -> ${sliceOf(target ?? '')}`));
  return Object.entries(edges)
    .filter(([own]) => slices.has(own))
    .flatMap(([own, others]) => others.map((other) => `${own} -> ${other}`))
    .filter((edge) => !used.has(edge))
    .map((edge) => ({ path: DECLARED_IN, line: 1, message: `no file uses the edge ${edge}: take it out.` }));
}

function checkAcyclic(edges: Edges): Violation[] {
  const cycle = findCycle(new Map(Object.entries(edges)));
  if (cycle === null) return [];
  return [{ path: DECLARED_IN, line: 1, message: `the declared edges form a cycle: ${cycle.join(' -> ')}.` }];
}
