// Finds what a name in a source file stands for: just as much of TypeScript's scopes as SQL in templates needs.
import { posix } from 'node:path';
import type { Source } from '../tidy/source.ts';

/** A node of the syntax tree; what is read of it is narrowed by the functions below. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** A node with the nodes around it, outermost first, in its file. */
export interface Place {
  source: Source;
  node: Node;
  around: readonly Node[];
}

export type Sources = ReadonlyMap<string, Source>;

/** What a name is bound to: an expression or function with its place, a parameter, or something we can not see. */
export type Binding =
  { kind: 'expression' | 'function'; place: Place } | { kind: 'parameter'; node: Node } | { kind: 'unknown' };

const unknown: Binding = { kind: 'unknown' };

/** True for anything with a type and a position. */
export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** The nodes directly within a node. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** A property that holds a node, or null. */
export function child(node: Node | null, key: string): Node | null {
  const value = node?.[key];
  return isNode(value) ? value : null;
}

/** A property that holds nodes. */
export function list(node: Node | null, key: string): Node[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of an identifier; an empty string for anything else. */
export const nameOf = (node: Node | null): string =>
  node?.type === 'Identifier' && typeof node['name'] === 'string' ? node['name'] : '';

/** Visits a file's nodes with what is around them. */
export function visit(source: Source, look: (place: Place) => void): void {
  const walk = (node: Node, around: readonly Node[]): void => {
    look({ source, node, around });
    const inner = [...around, node];
    for (const next of childrenOf(node)) walk(next, inner);
  };
  if (isNode(source.program)) walk(source.program, []);
}

/** True for functions of every form. */
export const isFunction = (node: Node): boolean =>
  ['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'].includes(node.type);

/** Follows a name outwards from a place, then through imports. */
export function findBinding(sources: Sources, name: string, from: Place): Binding {
  for (let depth = from.around.length - 1; depth >= 0; depth -= 1) {
    const scope = from.around[depth];
    if (!scope) break;
    const around = from.around.slice(0, depth + 1);
    if (isFunction(scope)) {
      const parameter = list(scope, 'params').find((param) => bindsName(param, name));
      if (parameter) return { kind: 'parameter', node: parameter };
    }
    const found = findDeclared({ source: from.source, node: scope, around: around.slice(0, -1) }, name);
    if (found) return found;
  }
  return findImported(sources, name, from.source);
}

function bindsName(param: Node, name: string): boolean {
  return nameOf(param) === name || childrenOf(param).some((inner) => bindsName(inner, name));
}

function findDeclared(scope: Place, name: string): Binding | null {
  const around = [...scope.around, scope.node];
  for (const statement of list(scope.node, 'body')) {
    const declaration = child(statement, 'declaration') ?? statement;
    if (declaration.type === 'FunctionDeclaration' && nameOf(child(declaration, 'id')) === name) {
      return { kind: 'function', place: { source: scope.source, node: declaration, around } };
    }
    for (const declarator of list(declaration, 'declarations')) {
      if (nameOf(child(declarator, 'id')) !== name) continue;
      const init = child(declarator, 'init');
      if (!init) return unknown;
      const place = { source: scope.source, node: init, around };
      return { kind: isFunction(init) ? 'function' : 'expression', place };
    }
  }
  return null;
}

function findImported(sources: Sources, name: string, source: Source): Binding {
  for (const statement of bodyOf(source)) {
    if (statement.type !== 'ImportDeclaration') continue;
    const specifier = list(statement, 'specifiers').find((entry) => nameOf(child(entry, 'local')) === name);
    if (specifier)
      return findExported(sources, nameOf(child(specifier, 'imported')), fileOf(source, statement));
  }
  return unknown;
}

function findExported(sources: Sources, name: string, path: string): Binding {
  const source = sources.get(path);
  if (!source || !isNode(source.program)) return unknown;
  const found = findDeclared({ source, node: source.program, around: [] }, name);
  if (found) return found;
  for (const statement of bodyOf(source)) {
    const entry = list(statement, 'specifiers').find((one) => nameOf(child(one, 'exported')) === name);
    if (entry && child(statement, 'source')) {
      return findExported(sources, nameOf(child(entry, 'local')), fileOf(source, statement));
    }
  }
  return unknown;
}

const bodyOf = (source: Source): Node[] => (isNode(source.program) ? list(source.program, 'body') : []);

function fileOf(source: Source, statement: Node): string {
  const specifier = String(child(statement, 'source')?.['value'] ?? '');
  return specifier.startsWith('.') ? posix.join(posix.dirname(source.path), specifier) : specifier;
}
