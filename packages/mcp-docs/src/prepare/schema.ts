import { exampleText } from './example-values.ts';
import { isRecord, textOf } from './front-matter.ts';

/** One line of a table of fields. `place` is where a parameter stands. */
export type SchemaRow = {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly place: string;
};

type Node = Record<string, unknown>;

/** Reads JSON Schemas of one OpenAPI document; references are followed inside the document only. */
export type SchemaReader = {
  readonly resolve: (value: unknown) => Node | null;
  readonly content: (value: unknown) => Node | null;
  readonly row: (name: string, schema: unknown, isRequired: boolean) => SchemaRow;
  readonly rows: (schema: unknown) => SchemaRow[];
  readonly codes: (schema: unknown) => string[];
  readonly example: (content: unknown) => unknown;
};

const MAX_DEPTH = 4;
const MAX_ROWS = 150;
const MAX_HOPS = 20;

export function createSchemaReader(document: Node): SchemaReader {
  const resolve = (value: unknown): Node | null => followReference(document, value);
  const row = (name: string, schema: unknown, isRequired: boolean): SchemaRow => {
    const node = resolve(schema) ?? {};
    return { name, type: typeOf(node, resolve), isRequired, description: describe(node), place: '' };
  };
  const rows = (schema: unknown) =>
    collectRows(schema, { resolve, row, prefix: '', depth: 0 }).slice(0, MAX_ROWS);
  return {
    resolve,
    row,
    rows,
    content: (value) => {
      if (!isRecord(value)) return null;
      return resolve(value['application/json'] ?? Object.values(value)[0]);
    },
    codes: (schema) => codesOf(resolve(schema), resolve),
    example: (content) => {
      const node = resolve(content) ?? {};
      return node['example'] ?? exampleOf(node['schema'], resolve, 0);
    },
  };
}

type Resolve = SchemaReader['resolve'];

function followReference(document: Node, value: unknown): Node | null {
  let node: unknown = value;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (!isRecord(node)) return null;
    const reference = node['$ref'];
    if (typeof reference !== 'string') return node;
    if (!reference.startsWith('#/')) return null;
    node = reference
      .slice(2)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>(
        (parent, part) => (isRecord(parent) && Object.hasOwn(parent, part) ? parent[part] : null),
        document,
      );
  }
  return null;
}

function branchesOf(node: Node): unknown[] {
  return ['allOf', 'oneOf', 'anyOf'].flatMap((key) =>
    Array.isArray(node[key]) ? (node[key] as unknown[]) : [],
  );
}

function typeOf(node: Node, resolve: Resolve): string {
  if (node['const'] !== undefined) return JSON.stringify(node['const']);
  if (Array.isArray(node['enum'])) return node['enum'].map((value) => JSON.stringify(value)).join(' | ');
  const type = Array.isArray(node['type']) ? node['type'].map(textOf).join(' | ') : textOf(node['type']);
  if (type === 'array') return `${typeOf(resolve(node['items']) ?? {}, resolve)}[]`;
  if (type !== '') return type;
  const branches = branchesOf(node).map((branch) => typeOf(resolve(branch) ?? {}, () => null));
  return [...new Set(branches)].join(' | ') || 'object';
}

function describe(node: Node): string {
  const format = textOf(node['format']);
  const limits = ['minLength', 'maxLength', 'minimum', 'maximum', 'default']
    .filter((key) => node[key] !== undefined && typeof node[key] !== 'object')
    .map((key) => `${key} ${String(node[key])}`);
  const notes = [...(format === '' ? [] : [format]), ...limits].join(', ');
  return [textOf(node['description']), notes === '' ? '' : `(${notes})`]
    .filter((part) => part !== '')
    .join(' ');
}

type RowContext = {
  readonly resolve: Resolve;
  readonly row: SchemaReader['row'];
  readonly prefix: string;
  readonly depth: number;
};

function collectRows(schema: unknown, context: RowContext): SchemaRow[] {
  const node = context.resolve(schema);
  if (node === null || context.depth > MAX_DEPTH) return [];
  const required = new Set(Array.isArray(node['required']) ? node['required'].map(textOf) : []);
  const own = isRecord(node['properties']) ? Object.entries(node['properties']) : [];
  const rows = own.flatMap(([name, value]) => {
    const path = `${context.prefix}${name}`;
    const property = context.resolve(value) ?? {};
    const inner = property['type'] === 'array' ? property['items'] : value;
    const suffix = property['type'] === 'array' ? '[].' : '.';
    const below = collectRows(inner, { ...context, prefix: `${path}${suffix}`, depth: context.depth + 1 });
    return [context.row(path, value, required.has(name)), ...below];
  });
  const seen = new Set(rows.map(({ name }) => name));
  const inherited = branchesOf(node).flatMap((branch) =>
    collectRows(branch, { ...context, depth: context.depth + 1 }),
  );
  for (const row of inherited) {
    if (seen.has(row.name)) continue;
    seen.add(row.name);
    rows.push(row);
  }
  return rows;
}

/** The values that the field `code` of an error can have. */
function codesOf(node: Node | null, resolve: Resolve, depth = 0): string[] {
  if (node === null || depth > MAX_DEPTH) return [];
  const properties = isRecord(node['properties']) ? node['properties'] : {};
  const own = ['code', 'error'].flatMap((key) => {
    const field = resolve(properties[key]) ?? {};
    const values = Array.isArray(field['enum']) ? field['enum'] : [field['const']];
    return values.filter((value) => typeof value === 'string');
  });
  return [
    ...new Set([
      ...own,
      ...branchesOf(node).flatMap((branch) => codesOf(resolve(branch), resolve, depth + 1)),
    ]),
  ];
}

/** A value that fits a schema, with the required fields only. `name` is the field that it stands in. */
function exampleOf(schema: unknown, resolve: Resolve, depth: number, name = ''): unknown {
  const node = resolve(schema);
  if (node === null || depth > MAX_DEPTH) return undefined;
  const given =
    node['example'] ??
    (Array.isArray(node['examples']) ? node['examples'][0] : undefined) ??
    node['const'] ??
    node['default'];
  if (given !== undefined) return given;
  if (Array.isArray(node['enum'])) return node['enum'][0];
  if (isRecord(node['properties'])) return exampleObject(node, node['properties'], { resolve, depth });
  const branch = branchesOf(node)
    .map((one) => exampleOf(one, resolve, depth + 1, name))
    .find((value) => value !== undefined);
  if (branch !== undefined) return branch;
  const type = Array.isArray(node['type']) ? node['type'][0] : node['type'];
  if (type === 'array')
    return [exampleOf(node['items'], resolve, depth + 1, name)].filter((value) => value !== undefined);
  const values: Readonly<Record<string, unknown>> = {
    string: exampleText(name, textOf(node['format'])) ?? 'string',
    integer: 1,
    number: 1,
    boolean: true,
    object: {},
  };
  return typeof type === 'string' ? values[type] : undefined;
}

function exampleObject(node: Node, properties: Node, context: { resolve: Resolve; depth: number }): Node {
  const required = new Set(Array.isArray(node['required']) ? node['required'].map(textOf) : []);
  // An update requires nothing: its example changes the first field that has a value to show.
  const names = Object.keys(properties);
  const first = names.find((name) => exampleText(name, '') !== null);
  const shown = required.size > 0 || context.depth > 0 || first === undefined ? required : new Set([first]);
  const entries = Object.entries(properties)
    .filter(([name]) => shown.has(name))
    .map(([name, value]) => [name, exampleOf(value, context.resolve, context.depth + 1, name)] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}
