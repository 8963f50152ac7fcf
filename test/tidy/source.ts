import { parseSync } from 'oxc-parser';
import type { Comment, EcmaScriptModule, Program } from 'oxc-parser';

/** A file of the repository; `path` is relative to its root, with `/`. */
export type TextFile = { readonly path: string; readonly text: string };

/** A file in breach of a rule. `line` starts at 1; the message is a sentence that says what to do. */
export type Violation = { readonly path: string; readonly line: number; readonly message: string };

export type Source = TextFile & {
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly module: EcmaScriptModule;
  readonly lineAt: (offset: number) => number;
};

/** True for the files that `parseSource` understands. */
export const isSourcePath = (path: string): boolean => /\.(tsx?|mjs)$/.test(path);

/** True for tests and what only tests import. */
export const isTestPath = (path: string): boolean => path.startsWith('test/') || path.endsWith('.test.ts');

/** Parses one file. Throws when it isn't valid TypeScript, so that no rule passes for want of a tree. */
export function parseSource({ path, text }: TextFile): Source {
  const result = parseSync(path, text);
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  const starts = lineStarts(text);
  const { program, comments, module } = result;
  return { path, text, program, comments, module, lineAt: (offset) => findLine(starts, offset) };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** `file:line sentence`, one line for each violation, in order of file and line. */
export function formatViolations(violations: readonly Violation[]): string {
  return violations
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line)
    .map(({ path, line, message }) => `${path}:${line} ${message}`)
    .join('\n');
}
