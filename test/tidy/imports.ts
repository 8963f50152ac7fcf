import { posix } from 'node:path';
import type { Source } from './source.ts';

/** One `import`, `export ... from` or `import()` of a literal name. `target` is a path in the repository, or null. */
export type Import = {
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  readonly target: string | null;
};

/** Everything that a file imports, types included. */
export function importsOf(source: Source): Import[] {
  const { staticImports, staticExports, dynamicImports } = source.module;
  const requests = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest ?? [])),
    ...dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const value = /^(['"`])(.*)\1$/s.exec(source.text.slice(start, end))?.[2];
      return value === undefined ? [] : [{ value, start, end }];
    }),
  ];
  return requests.map(({ value, start }) => ({
    from: source.path,
    line: source.lineAt(start),
    specifier: value,
    target: value.startsWith('.') ? posix.join(posix.dirname(source.path), value) : null,
  }));
}
