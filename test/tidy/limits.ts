import { Visitor } from 'oxc-parser';
import type { ArrowFunctionExpression, CallExpression, Expression, Function } from 'oxc-parser';
import { isTestPath } from './source.ts';
import type { Source, Violation } from './source.ts';

const FILE_LINES = 400;
const TEST_FILE_LINES = 600;
const FUNCTION_LINES = 70;
const PARAMETERS = 4;

/** A file has at most 400 lines (tests 600), a function 70 lines and 4 parameters. */
export function checkLimits(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => [...checkFile(source), ...checkFunctions(source)]);
}

function checkFile({ path, text }: Source): Violation[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const limit = isTestPath(path) ? TEST_FILE_LINES : FILE_LINES;
  if (lines <= limit) return [];
  return [
    {
      path,
      line: limit + 1,
      message: `has ${lines} lines, the limit is ${limit}: split it by verb or noun.`,
    },
  ];
}

function checkFunctions(source: Source): Violation[] {
  const violations: Violation[] = [];
  const groups = new Set<number>();
  const check = (node: Function | ArrowFunctionExpression) => {
    const line = source.lineAt(node.start);
    const lines = source.lineAt(node.end) - line + 1;
    const add = (message: string) => violations.push({ path: source.path, line, message });
    if (lines > FUNCTION_LINES && !groups.has(node.start)) {
      add(`the function has ${lines} lines, the limit is ${FUNCTION_LINES}: split it.`);
    }
    if (node.params.length > PARAMETERS) {
      add(
        `the function has ${node.params.length} parameters, the limit is ${PARAMETERS}: take one options object.`,
      );
    }
  };
  new Visitor({
    // A `describe` body is a list of tests, not one thing to follow.
    CallExpression: (node) => {
      if (isDescribe(node)) for (const argument of node.arguments) groups.add(argument.start);
    },
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  }).visit(source.program);
  return violations;
}

/** True for `describe(...)`, `describe.skipIf(...)(...)` and `describe.each(...)(...)`. */
function isDescribe({ callee }: CallExpression): boolean {
  let node: Expression = callee;
  while (node.type === 'CallExpression' || node.type === 'MemberExpression') {
    node = node.type === 'CallExpression' ? node.callee : node.object;
  }
  return node.type === 'Identifier' && node.name === 'describe';
}
