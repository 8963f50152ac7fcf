import type { Schema } from './facts.ts';
import { shapeOfSchema } from './shape.ts';
import type { Definitions, Property, Shape } from './shape.ts';
import { pairVariants } from './variants.ts';
import type { VariantPairs } from './variants.ts';

/** Where ours differs from the contract, and whether a client that keeps to the contract would notice. */
export type Difference = {
  readonly kind: 'breaks' | 'adds';
  readonly where: string;
  readonly message: string;
};

/** The named schemas of both sides, and who writes the value: the client (`request`) or we (`response`). */
export type Comparison = {
  readonly theirs: Definitions;
  readonly ours: Definitions;
  readonly direction: 'request' | 'response';
};

// Deeper than any schema of the contract; ends a schema that holds itself under ever new compositions.
const DEEPEST = 20;

type Compare = (where: string, schemas: readonly [Schema, Schema]) => Difference[];

/** Compares the properties, required names and values of two schemas `[theirs, ours]`, all the way down. */
export function compareSchemas(
  comparison: Comparison,
  where: string,
  schemas: readonly [theirs: Schema, ours: Schema],
): Difference[] {
  const trail: (readonly [Schema, Schema])[] = [];
  const compare: Compare = (place, pair) => {
    // A schema that holds itself is compared once.
    if (trail.length === DEEPEST) return [];
    if (trail.some(([theirs, ours]) => theirs === pair[0] && ours === pair[1])) return [];
    trail.push(pair);
    const variants = comparison.direction === 'response' ? pairVariants(comparison, pair) : null;
    if (variants !== null) {
      const differences = compareVariants(place, variants, compare);
      trail.pop();
      return differences;
    }
    const theirs = shapeOfSchema(pair[0], comparison.theirs);
    const ours = shapeOfSchema(pair[1], comparison.ours);
    const differences = [
      ...compareProperties(comparison, place, [theirs, ours], compare),
      ...compareTypes(place, theirs, ours),
      ...compareValues(comparison, place, theirs, ours),
      ...(theirs.items !== null && ours.items !== null
        ? compare(`${place}[]`, [theirs.items, ours.items])
        : []),
    ];
    trail.pop();
    return differences;
  };
  return compare(where, schemas);
}

/** Answers that a client tells apart by one property are compared one by one; those we never give are no harm. */
function compareVariants(where: string, { pairs, missing, extra }: VariantPairs, compare: Compare) {
  const differences = pairs.flatMap(({ value, schemas }) => compare(`${where}<${value}>`, schemas));
  if (missing.length > 0) {
    const message = `these variants are missing: ${missing.join(', ')}`;
    differences.push({ kind: 'adds', where, message });
  }
  if (extra.length > 0) {
    const message = `the contract has no such variants: ${extra.join(', ')}`;
    differences.push({ kind: 'breaks', where, message });
  }
  return differences;
}

function compareProperties(
  comparison: Comparison,
  where: string,
  [theirs, ours]: readonly [Shape, Shape],
  compare: Compare,
): Difference[] {
  const known = [...theirs.properties].flatMap(([name, property]): Difference[] => {
    const place = `${where}.${name}`;
    const own = ours.properties.get(name);
    if (own === undefined) return [{ kind: 'breaks', where: place, message: 'the property is missing' }];
    const required = compareRequired(comparison, place, property, own);
    return [...required, ...compare(place, [property.schema, own.schema])];
  });
  const extra = [...ours.properties]
    .filter(([name]) => !theirs.properties.has(name))
    .map(([name, { isRequired }]): Difference => {
      const isDemand = isRequired && comparison.direction === 'request';
      const message = 'the contract has no such property';
      return { kind: isDemand ? 'breaks' : 'adds', where: `${where}.${name}`, message };
    });
  return [...known, ...extra];
}

function compareRequired(
  comparison: Comparison,
  where: string,
  theirs: Property,
  ours: Property,
): Difference[] {
  if (theirs.isRequired === ours.isRequired) return [];
  if (theirs.isRequired) return [{ kind: 'breaks', where, message: 'theirs is required, ours is not' }];
  // To promise more in an answer than the contract does is no harm.
  const kind = comparison.direction === 'request' ? 'breaks' : 'adds';
  return [{ kind, where, message: 'ours is required, theirs is not' }];
}

function compareTypes(where: string, theirs: Shape, ours: Shape): Difference[] {
  if (theirs.types === null || ours.types === null) return [];
  const [wanted, found] = [theirs.types, ours.types].map((types) => [...types].sort().join(' or '));
  return wanted === found
    ? []
    : [{ kind: 'breaks', where, message: `theirs is ${wanted}, ours is ${found}` }];
}

function compareValues({ direction }: Comparison, where: string, theirs: Shape, ours: Shape): Difference[] {
  if (theirs.values === null && ours.values === null) return [];
  const isRequest = direction === 'request';
  if (ours.values === null) {
    return [
      { kind: isRequest ? 'adds' : 'breaks', where, message: 'theirs lists its values, ours takes any' },
    ];
  }
  if (theirs.values === null) {
    return [
      { kind: isRequest ? 'breaks' : 'adds', where, message: 'ours lists its values, theirs takes any' },
    ];
  }
  const missing = [...theirs.values].filter((value) => !ours.values?.has(value));
  const extra = [...ours.values].filter((value) => !theirs.values?.has(value));
  const differences: Difference[] = [];
  if (missing.length > 0) {
    const message = `these values are missing: ${missing.join(', ')}`;
    differences.push({ kind: isRequest ? 'breaks' : 'adds', where, message });
  }
  if (extra.length > 0) {
    const message = `the contract has no such values: ${extra.join(', ')}`;
    differences.push({ kind: isRequest ? 'adds' : 'breaks', where, message });
  }
  return differences;
}
