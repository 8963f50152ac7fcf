// Turns the `sql` templates of the sources into every text that they can become.
import type { Source } from '../tidy/source.ts';
import {
  type Node,
  type Place,
  type Sources,
  child,
  findBinding,
  isFunction,
  list,
  nameOf,
  visit,
} from './scopes.ts';

/** Texts for pieces that only running code knows, by the name of a parameter or the text of an expression. */
export type Samples = Readonly<Record<string, readonly string[]>>;

export interface Statement {
  /** `file:line` */
  at: string;
  text: string;
}

export interface Unresolved {
  at: string;
  reason: string;
}

/** Stands for a parameter until all are counted. */
const HOLE = '\u0000';

const mostVariants = 128;
const statementStart = /^\s*(select|insert|update|delete|merge|values|with)\b/i;

/** Every statement of the sources, each in all of its variants, and what could not be followed. */
export function expandStatements(
  sources: readonly Source[],
  samples: Samples,
): { statements: Statement[]; unresolved: Unresolved[] } {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const expander = new Expander(byPath, samples);
  for (const source of sources) {
    visit(source, (place) => {
      if (isTemplate(place.node)) expander.add(place);
    });
  }
  return { statements: expander.statements, unresolved: expander.unresolved };
}

const isTemplate = (node: Node): boolean =>
  node.type === 'TaggedTemplateExpression' && nameOf(child(node, 'tag')) === 'sql';

/** What the parameters of a function were given, where that is SQL. */
type Given = ReadonlyMap<string, readonly string[]>;

const nothingGiven: Given = new Map();

class Unfollowed extends Error {}

class Expander {
  readonly statements: Statement[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly #sources: Sources;
  readonly #samples: Samples;

  constructor(sources: Sources, samples: Samples) {
    this.#sources = sources;
    this.#samples = samples;
  }

  add(place: Place): void {
    const at = `${place.source.path}:${place.source.lineAt(place.node.start)}`;
    try {
      const texts = this.#template(place, nothingGiven).filter((text) => statementStart.test(text));
      this.statements.push(...texts.map((text) => ({ at, text: number(text) })));
    } catch (error) {
      if (!(error instanceof Unfollowed)) throw error;
      this.unresolved.push({ at, reason: error.message });
    }
  }

  #template(place: Place, given: Given): string[] {
    const quasi = child(place.node, 'quasi');
    const strings = list(quasi, 'quasis').map(cookedText);
    const around = [...place.around, place.node];
    return list(quasi, 'expressions').reduce<string[]>(
      (texts, node, index) => {
        const pieces = this.#fragment({ ...place, node, around }, given) ?? [HOLE];
        return product(texts, pieces, strings[index + 1] ?? '');
      },
      [strings[0] ?? ''],
    );
  }

  /** The texts of an expression that is SQL, or null for a value. */
  #fragment(place: Place, given: Given): string[] | null {
    const { node, source } = place;
    const sample = this.#samples[source.text.slice(node.start, node.end)];
    if (sample) return [...sample];
    const around = [...place.around, node];
    const at = (inner: Node | null): string[] | null =>
      inner && this.#fragment({ source, node: inner, around }, given);
    if (isTemplate(node)) return this.#template(place, given);
    if (node.type === 'Identifier') return this.#name(place, given);
    if (node.type === 'CallExpression') return this.#call(place, given);
    if (node.type === 'MemberExpression') return this.#member(place, given);
    if (['ParenthesizedExpression', 'TSAsExpression', 'TSNonNullExpression'].includes(node.type)) {
      return at(child(node, 'expression'));
    }
    if (node.type === 'ConditionalExpression') {
      return either(at(child(node, 'consequent')), at(child(node, 'alternate')));
    }
    if (node.type === 'LogicalExpression') return either(at(child(node, 'left')), at(child(node, 'right')));
    return null;
  }

  #name(place: Place, given: Given): string[] | null {
    const name = nameOf(place.node);
    const binding = findBinding(this.#sources, name, place);
    if (binding.kind === 'parameter') {
      const known = given.get(name);
      if (known) return [...known];
      if (!isTypedSql(binding.node)) return null;
      throw new Unfollowed(`nothing says what SQL the parameter '${name}' holds: add a sample of it`);
    }
    return binding.kind === 'expression' ? this.#fragment(binding.place, given) : null;
  }

  #call(place: Place, given: Given): string[] | null {
    const name = nameOf(child(place.node, 'callee'));
    if (name === 'rawSql')
      throw new Unfollowed('text of rawSql can not be read here: add a sample of the call');
    if (name === '') return null;
    const binding = findBinding(this.#sources, name, place);
    if (binding.kind !== 'function') return null;
    const { node } = binding.place;
    const passed = list(place.node, 'arguments');
    const around = [...place.around, place.node];
    const bound = list(node, 'params').flatMap((param, index): [string, readonly string[]][] => {
      const argument = passed[index];
      const texts = argument && this.#fragment({ ...place, node: argument, around }, given);
      return texts ? [[nameOf(param), texts]] : [];
    });
    const returned = returnsOf(binding.place).map((result) => this.#fragment(result, new Map(bound)));
    const texts = returned.filter((result) => result !== null);
    if (texts.length > 0) return texts.flat();
    if (!isTypedSql(node, 'returnType')) return null;
    throw new Unfollowed(
      `what ${name}(...) returns can not be followed: return \`sql\` templates, or add a sample`,
    );
  }

  /** A member of a constant object whose members are SQL: any of them. */
  #member(place: Place, given: Given): string[] | null {
    const object = child(place.node, 'object');
    if (nameOf(object) === '') return null;
    const binding = findBinding(this.#sources, nameOf(object), place);
    if (binding.kind !== 'expression') return null;
    const literal = stripTypes(binding.place.node);
    if (literal.type !== 'ObjectExpression') return null;
    const around = [...binding.place.around, literal];
    const texts = list(literal, 'properties').flatMap((property) => {
      const node = child(property, 'value');
      return (node && this.#fragment({ ...binding.place, node, around }, given)) ?? [];
    });
    return texts.length > 0 ? texts : null;
  }
}

function stripTypes(node: Node): Node {
  const inner = ['TSAsExpression', 'TSSatisfiesExpression'].includes(node.type) && child(node, 'expression');
  return inner ? stripTypes(inner) : node;
}

function isTypedSql(node: Node, key = 'typeAnnotation'): boolean {
  const type = child(child(node, key), 'typeAnnotation');
  return type?.type === 'TSTypeReference' && nameOf(child(type, 'typeName')) === 'Sql';
}

/** The expressions that a function returns, without those of functions within it. */
function returnsOf(place: Place): Place[] {
  const body = child(place.node, 'body');
  if (!body) return [];
  const around = [...place.around, place.node];
  if (body.type !== 'BlockStatement') return [{ ...place, node: body, around }];
  const found: Place[] = [];
  const walk = (node: Node, outer: readonly Node[]): void => {
    if (isFunction(node)) return;
    const argument = node.type === 'ReturnStatement' ? child(node, 'argument') : null;
    if (argument) found.push({ ...place, node: argument, around: outer });
    for (const value of Object.values(node)) {
      for (const inner of Array.isArray(value) ? value : [value]) {
        if (typeof inner === 'object' && inner !== null && 'type' in inner)
          walk(inner as Node, [...outer, node]);
      }
    }
  };
  walk(body, around);
  return found;
}

function cookedText(element: Node): string {
  const value = element['value'] as { cooked: string | null };
  return value.cooked ?? '';
}

function either(left: string[] | null, right: string[] | null): string[] | null {
  if (!left && !right) return null;
  return [...(left ?? [HOLE]), ...(right ?? [HOLE])];
}

/** All combinations; where they are too many, each piece at least once. */
function product(texts: readonly string[], pieces: readonly string[], after: string): string[] {
  const [text = ''] = texts;
  const [piece = ''] = pieces;
  if (texts.length * pieces.length > mostVariants) {
    const others = pieces.slice(1).map((other) => text + other + after);
    return [...texts.map((other) => other + piece + after), ...others];
  }
  return texts.flatMap((before) => pieces.map((middle) => before + middle + after));
}

function number(text: string): string {
  let count = 0;
  return text.replaceAll(HOLE, () => `$${(count += 1)}`);
}
