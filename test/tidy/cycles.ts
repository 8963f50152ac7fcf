import { importsOf } from './imports.ts';
import type { Source, Violation } from './source.ts';

/** The first cycle of a directed graph as `[a, b, a]`, or null. */
export function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (node: string): string[] | null => {
    if (finished.has(node)) return null;
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    trail.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle !== null) return cycle;
    }
    trail.pop();
    finished.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** No file imports itself by way of others, types included: a file must be readable before those that use it. */
export function checkCycles(sources: readonly Source[]): Violation[] {
  const graph = new Map(
    sources.map((source) => [source.path, importsOf(source).flatMap(({ target }) => target ?? [])]),
  );
  const cycle = findCycle(graph);
  if (cycle === null) return [];
  return [{ path: cycle[0] ?? '', line: 1, message: `imports itself: ${cycle.join(' -> ')}.` }];
}
