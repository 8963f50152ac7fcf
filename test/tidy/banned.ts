import { Visitor } from 'oxc-parser';
import type { CallExpression, Expression, NewExpression, TSAsExpression } from 'oxc-parser';
import { isTestPath } from './source.ts';
import type { Source, Violation } from './source.ts';

// At most two files may cast through `unknown`; each says why where it does.
const CASTS_ALLOWED: ReadonlySet<string> = new Set(['src/capabilities/environments/settings/settings.ts']);
// Answers of every shape are read where they are asserted.
const ANY_ALLOWED: ReadonlySet<string> = new Set(['test/client.ts']);
const LONG_TIMER_MS = 100;

const isProduct = (path: string): boolean => path.startsWith('src/') && !isTestPath(path);
const isImpureBase = (path: string): boolean => /^src\/(lib|platform)\//.test(path);
const isOutsideBase = (path: string): boolean => isProduct(path) && !isImpureBase(path);

type Report = (node: { start: number }, message: string) => void;

/** What the types or the frame offer a better way for: see each message. */
export function checkBanned(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => [...checkTree(source), ...checkComments(source)]);
}

function checkTree(source: Source): Violation[] {
  const violations: Violation[] = [];
  const report: Report = ({ start }, message) =>
    violations.push({ path: source.path, line: source.lineAt(start), message });
  const imported = new Set(
    source.module.staticImports.flatMap(({ entries }) => entries.map(({ localName }) => localName.value)),
  );
  new Visitor({
    TSAnyKeyword: (node) => {
      if (ANY_ALLOWED.has(source.path)) return;
      report(node, '`any` switches the type check off: use `unknown` and narrow it.');
    },
    TSAsExpression: (node) => checkCast(node, source.path, report),
    CallExpression: (node) => {
      checkCall(node, source.path, report);
      if (!imported.has('fetch')) checkFetch(node, source.path, report);
      if (isTestPath(source.path)) checkTestCall(node, report);
    },
    NewExpression: (node) => checkDate(node, source.path, report),
    MemberExpression: (node) => {
      if (nameOf(node.object) !== 'console' || !/^(src|test)\//.test(source.path)) return;
      report(node, '`console` bypasses the log: take the log that is passed in.');
    },
    ExportDefaultDeclaration: (node) => checkDefault(node, source.path, report),
    ExportSpecifier: (node) => {
      const isDefault = 'name' in node.exported && node.exported.name === 'default';
      if (isDefault) checkDefault(node, source.path, report);
    },
  }).visit(source.program);
  return violations;
}

/** `a` or `a.b` or `a.b.c` as written; an empty string for anything else. */
function nameOf(node: Expression): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return '';
  const object = nameOf(node.object);
  return object === '' ? '' : `${object}.${node.property.name}`;
}

function checkCast(node: TSAsExpression, path: string, report: Report): void {
  const inner =
    node.expression.type === 'ParenthesizedExpression' ? node.expression.expression : node.expression;
  if (inner.type !== 'TSAsExpression' || inner.typeAnnotation.type !== 'TSUnknownKeyword') return;
  if (!CASTS_ALLOWED.has(path)) report(node, '`as unknown as` hides an error: parse or narrow the value.');
}

function checkCall(node: CallExpression, path: string, report: Report): void {
  if (!isOutsideBase(path)) return;
  const name = nameOf(node.callee);
  if (name === 'Date.now')
    report(node, '`Date.now()` can not be moved by a test: take the clock that is passed in.');
  if (name === 'Math.random')
    report(node, '`Math.random()` is no secret and no test can fix it: take `Ids`.');
}

function checkFetch(node: CallExpression, path: string, report: Report): void {
  if (!isOutsideBase(path) || !/^(globalThis\.)?fetch$/.test(nameOf(node.callee))) return;
  report(node, 'bare `fetch` has no guard, timeout or size limit: use the outbound fetch.');
}

function checkDate(node: NewExpression, path: string, report: Report): void {
  if (!isOutsideBase(path) || nameOf(node.callee) !== 'Date' || node.arguments.length > 0) return;
  report(node, '`new Date()` reads the machine clock: take the clock that is passed in.');
}

function checkTestCall(node: CallExpression, report: Report): void {
  const name = nameOf(node.callee);
  const modified = /^(?:test|it|describe|suite|bench)(?:\.\w+)*\.(only|skip)$/.exec(name)?.[1];
  if (modified === 'only') report(node, '`.only` leaves the other tests out: remove it.');
  if (modified === 'skip')
    report(node, '`.skip` needs a condition: use `skipIf`, or `skip(reason)` inside the test.');
  if (!/(^|\.)setTimeout$/.test(name)) return;
  const isLong = node.arguments.some(
    (argument) =>
      argument.type === 'Literal' && typeof argument.value === 'number' && argument.value >= LONG_TIMER_MS,
  );
  if (isLong) report(node, 'a test waits for a condition, not for a time.');
}

function checkDefault(node: { start: number }, path: string, report: Report): void {
  if (!path.endsWith('.config.ts')) report(node, 'no default exports: a name is the same everywhere.');
}

function checkComments({ path, comments, lineAt }: Source): Violation[] {
  return comments
    .filter(({ value }) => /\b(TODO|FIXME|XXX)\b(?!\s*\(?#\d+)/.test(value))
    .map(({ start }) => ({ path, line: lineAt(start), message: 'a TODO carries its issue: TODO(#123).' }));
}
