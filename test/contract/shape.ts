import type { Schema } from './facts.ts';

/** The schemas that a `$ref` leads to, by its last segment. */
export type Definitions = Readonly<Record<string, Schema>>;

/** A property of an object: in every variant of the schema, or in some. */
export type Property = { readonly schema: Schema; readonly isRequired: boolean };

/** A schema with its references, compositions and variants taken together. */
export type Shape = {
  readonly properties: ReadonlyMap<string, Property>;
  /** The JSON types, integers among the numbers; null when none is named. */
  readonly types: ReadonlySet<unknown> | null;
  /** The literal values that are allowed; null when any value of the type is. */
  readonly values: ReadonlySet<unknown> | null;
  readonly items: Schema | null;
};

export type Keywords = { readonly [keyword: string]: unknown };

/**
 * Takes a schema together. Parts of `allOf` add up. Of `anyOf` and `oneOf`, a property is required when all
 * variants require it, and types and values are those of all variants. Null is left out everywhere: whether an answer
 * may hold it, the validator of responses tells. A variant marked `x-opt-in` is left out too: it is answered only after
 * somebody has asked for it in a setting that the contract does not know.
 */
export function shapeOfSchema(schema: Schema, definitions: Definitions): Shape {
  const keywords = resolve(schema, definitions);
  const own: Shape = {
    properties: ownProperties(keywords),
    types: ownTypes(keywords),
    values: ownValues(keywords),
    items: isSchema(keywords['items']) ? keywords['items'] : null,
  };
  const parts = schemasOf(keywords['allOf']).map((part) => shapeOfSchema(part, definitions));
  const variants = [...schemasOf(keywords['anyOf']), ...schemasOf(keywords['oneOf'])]
    .filter((variant) => resolve(variant, definitions)['type'] !== 'null')
    .filter((variant) => resolve(variant, definitions)['x-opt-in'] !== true)
    .map((variant) => shapeOfSchema(variant, definitions));
  return [...parts, ...(variants.length > 0 ? [variants.reduce(either)] : [])].reduce(both, own);
}

/** Follows a `$ref`; a boolean schema has no keywords. */
export function resolve(schema: Schema, definitions: Definitions): Keywords {
  if (typeof schema === 'boolean') return {};
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  const name = $ref.slice($ref.lastIndexOf('/') + 1);
  const target = definitions[name];
  if (target === undefined) throw new Error(`the reference ${$ref} leads nowhere`);
  return { ...resolve(target, definitions), ...schema, $ref: undefined };
}

function ownProperties({ properties, required }: Keywords): Map<string, Property> {
  const names = new Set(Array.isArray(required) ? required : []);
  const entries = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  return new Map(
    entries
      .filter((entry): entry is [string, Schema] => isSchema(entry[1]))
      .map(([name, schema]) => [name, { schema, isRequired: names.has(name) }]),
  );
}

function ownTypes({ type }: Keywords): Set<unknown> | null {
  if (type === undefined) return null;
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null');
  return new Set(types.map((name) => (name === 'integer' ? 'number' : name)));
}

function ownValues(keywords: Keywords): Set<unknown> | null {
  if ('const' in keywords) return new Set([keywords['const']]);
  return Array.isArray(keywords['enum']) ? new Set(keywords['enum'].filter((value) => value !== null)) : null;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));

const schemasOf = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

function both(a: Shape, b: Shape): Shape {
  const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
  const properties = [...names].map((name): [string, Property] => {
    const [first, second] = [a.properties.get(name), b.properties.get(name)];
    const isRequired = (first?.isRequired ?? false) || (second?.isRequired ?? false);
    return [name, { schema: joinSchemas('allOf', first, second), isRequired }];
  });
  return {
    properties: new Map(properties),
    types: a.types ?? b.types,
    values: a.values ?? b.values,
    items: a.items ?? b.items,
  };
}

function either(a: Shape, b: Shape): Shape {
  const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
  const properties = [...names].map((name): [string, Property] => {
    const [first, second] = [a.properties.get(name), b.properties.get(name)];
    const isRequired = (first?.isRequired ?? false) && (second?.isRequired ?? false);
    return [name, { schema: joinSchemas('anyOf', first, second), isRequired }];
  });
  return {
    properties: new Map(properties),
    types: union(a.types, b.types),
    values: union(a.values, b.values),
    items: a.items ?? b.items,
  };
}

const union = (
  a: ReadonlySet<unknown> | null,
  b: ReadonlySet<unknown> | null,
): ReadonlySet<unknown> | null => (a === null || b === null ? null : new Set([...a, ...b]));

function joinSchemas(keyword: 'allOf' | 'anyOf', a: Property | undefined, b: Property | undefined): Schema {
  const schemas = [a?.schema, b?.schema].filter(isSchema);
  return schemas.length === 1 ? (schemas[0] ?? true) : { [keyword]: schemas };
}
