import { formatViolations, parseSource } from './source.ts';
import type { Source, Violation } from './source.ts';

/** Parses small samples, given as `{path: text}`. */
export function samples(files: Readonly<Record<string, string>>): Source[] {
  return Object.entries(files).map(([path, text]) => parseSource({ path, text }));
}

/** The places of the violations as `path:line`, in order. */
export function placesOf(violations: readonly Violation[]): string[] {
  return formatViolations(violations)
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(0, line.indexOf(' ')));
}
