import type { Declaration, ExportNamedDeclaration } from 'oxc-parser';
import { isTestPath } from './source.ts';
import type { Source, Violation } from './source.ts';

/** Every exported function of platform and protocols has a doc comment: they are read by those who did not write them. */
export function checkDocumented(sources: readonly Source[]): Violation[] {
  return sources
    .filter(({ path }) => /^src\/(platform|protocols)\//.test(path) && !isTestPath(path))
    .flatMap(checkSource);
}

function checkSource(source: Source): Violation[] {
  const documented = new Set<string>();
  return source.program.body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration === null) return [];
    const names = functionNames(node.declaration);
    // The comment of the first overload speaks for all.
    if (isDocumented(source, node)) for (const name of names) documented.add(name);
    return names
      .filter((name) => !documented.has(name))
      .map((name) => ({
        path: source.path,
        line: source.lineAt(node.start),
        message: `${name} needs a doc comment: what it takes and returns with units, what it throws.`,
      }));
  });
}

function functionNames(declaration: Declaration): string[] {
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction') {
    return declaration.id === null ? [] : [declaration.id.name];
  }
  if (declaration.type !== 'VariableDeclaration') return [];
  return declaration.declarations.flatMap(({ id, init }) => {
    const isFunction = init?.type === 'ArrowFunctionExpression' || init?.type === 'FunctionExpression';
    return isFunction && id.type === 'Identifier' ? [id.name] : [];
  });
}

function isDocumented({ comments, text }: Source, { start }: ExportNamedDeclaration): boolean {
  const before = comments.findLast(({ end }) => end <= start);
  if (before === undefined || before.type !== 'Block' || !before.value.startsWith('*')) return false;
  return text.slice(before.end, start).trim() === '';
}
