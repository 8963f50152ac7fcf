import type { Violation } from './source.ts';

const LIMIT_BYTES = 200_000;
const GENERATED = /(^|\/)package-lock\.json$|^openapi\.json$|^test\/contract\/facts\.json$/;

/** No file of more than 200 KB, generated ones excepted: they make each clone slow for ever. */
export function checkSizes(paths: readonly string[], sizeOf: (path: string) => number): Violation[] {
  return paths
    .filter((path) => !GENERATED.test(path) && sizeOf(path) > LIMIT_BYTES)
    .map((path) => ({ path, line: 1, message: `has ${sizeOf(path)} bytes, the limit is ${LIMIT_BYTES}.` }));
}
