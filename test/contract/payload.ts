import type { Schema } from './facts.ts';
import { type Definitions, type Keywords, resolve } from './shape.ts';

/**
 * What a schema says of each place of a value, as `place` to `type, optional, values`: two schemas that say the same of
 * all places answer the same. Prose, formats and limits are left out.
 */
export function factsOfPayload(schema: Schema, definitions: Definitions): Map<string, string> {
  const facts = new Map<string, string>();
  const visit = (place: string, part: Schema, isRequired: boolean): void => {
    const variants = variantsOf(part, definitions);
    const isNullable = variants.some(isNull);
    const present = variants.filter((variant) => !isNull(variant));
    const types = [...new Set(present.map(typeOf))].sort().join(' or ');
    const values = present.flatMap(valuesOf).sort();
    const said = [types, ...(isNullable ? ['null'] : []), ...(isRequired ? [] : ['optional']), ...values];
    facts.set(place, said.join(', '));
    for (const variant of present) {
      visitParts(present.length > 1 ? `${place}<${tagOf(variant, definitions)}>` : place, variant);
    }
  };
  const visitParts = (place: string, keywords: Keywords): void => {
    const required = new Set((keywords['required'] ?? []) as string[]);
    const properties = (keywords['properties'] ?? {}) as Readonly<Record<string, Schema>>;
    for (const [name, property] of Object.entries(properties)) {
      visit(`${place}.${name}`, property, required.has(name));
    }
    const items = keywords['items'] as Schema | undefined;
    if (items !== undefined) visit(`${place}[]`, items, true);
  };
  visit('', schema, true);
  return facts;
}

/** The alternatives of a schema, without references and unions. */
function variantsOf(schema: Schema, definitions: Definitions): Keywords[] {
  const keywords = resolve(schema, definitions);
  const union = (keywords['oneOf'] ?? keywords['anyOf']) as readonly Schema[] | undefined;
  if (union) return union.flatMap((part) => variantsOf(part, definitions));
  const { type } = keywords;
  if (!Array.isArray(type)) return [keywords];
  return (type as string[]).map((one) => ({ ...keywords, type: one }));
}

/** The contract writes some nulls as a constant, or as the text `null`. */
const isNull = ({ type, const: value }: Keywords): boolean =>
  type === 'null' || value === null || value === 'null';

const typeOf = ({ type }: Keywords): string => (typeof type === 'string' ? type : 'any');

function valuesOf(keywords: Keywords): string[] {
  if ('const' in keywords) return [String(keywords['const'])];
  return ((keywords['enum'] ?? []) as unknown[]).map(String);
}

/** The constant that tells a variant from the others. */
function tagOf({ properties }: Keywords, definitions: Definitions): string {
  const all = Object.values((properties ?? {}) as Readonly<Record<string, Schema>>);
  return String(all.map((one) => resolve(one, definitions)['const']).find((value) => value !== undefined));
}
