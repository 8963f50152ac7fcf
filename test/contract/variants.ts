import type { Schema } from './facts.ts';
import type { Definitions } from './shape.ts';
import { resolve } from './shape.ts';

/** The variants of two schemas that one property tells apart, such as an event's name. */
export type VariantPairs = {
  readonly pairs: readonly { readonly value: string; readonly schemas: readonly [Schema, Schema] }[];
  /** Values that only the first schema has, and only the second. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
};

/** Null unless both schemas are lists of variants that the same property tells apart. */
export function pairVariants(
  definitions: { readonly theirs: Definitions; readonly ours: Definitions },
  [theirs, ours]: readonly [Schema, Schema],
): VariantPairs | null {
  const name = discriminatorOf(theirs, definitions.theirs);
  if (name === null) return null;
  const wanted = variantsBy(name, theirs, definitions.theirs);
  const found = variantsBy(name, ours, definitions.ours);
  if (wanted === null || found === null) return null;
  const pairs = [...wanted].flatMap(([value, schema]) => {
    const own = found.get(value);
    return own === undefined ? [] : [{ value, schemas: [schema, own] as const }];
  });
  return {
    pairs,
    missing: [...wanted.keys()].filter((value) => !found.has(value)),
    extra: [...found.keys()].filter((value) => !wanted.has(value)),
  };
}

/** The property that has another constant in every variant. */
function discriminatorOf(schema: Schema, definitions: Definitions): string | null {
  const [first] = variantsOf(schema, definitions);
  if (first === undefined) return null;
  const names = Object.keys(propertiesOf(first, definitions));
  const isDistinct = (name: string) => variantsBy(name, schema, definitions) !== null;
  return names.find(isDistinct) ?? null;
}

function variantsBy(name: string, schema: Schema, definitions: Definitions): Map<string, Schema> | null {
  const variants = variantsOf(schema, definitions);
  const base = basesOf(schema, definitions);
  const entries = variants.map((variant): [unknown, Schema] => {
    const property = propertiesOf(variant, definitions)[name];
    const value = property === undefined ? undefined : resolve(property, definitions)['const'];
    return [value, base.length === 0 ? variant : { allOf: [...base, variant] }];
  });
  const byValue = new Map(entries.filter((entry): entry is [string, Schema] => typeof entry[0] === 'string'));
  return variants.length > 1 && byValue.size === variants.length ? byValue : null;
}

/** The variants, at the top or in a part of `allOf`. */
function variantsOf(schema: Schema, definitions: Definitions): readonly Schema[] {
  const { oneOf, anyOf, allOf } = resolve(schema, definitions);
  const own = (oneOf ?? anyOf) as readonly Schema[] | undefined;
  if (own !== undefined) return own;
  return ((allOf ?? []) as readonly Schema[]).flatMap((part) => variantsOf(part, definitions));
}

/** The parts of `allOf` that hold for every variant. */
function basesOf(schema: Schema, definitions: Definitions): readonly Schema[] {
  const { allOf } = resolve(schema, definitions);
  return ((allOf ?? []) as readonly Schema[]).filter((part) => variantsOf(part, definitions).length === 0);
}

const propertiesOf = (schema: Schema, definitions: Definitions): Readonly<Record<string, Schema>> =>
  (resolve(schema, definitions)['properties'] ?? {}) as Readonly<Record<string, Schema>>;
