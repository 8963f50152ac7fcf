import { readFileSync } from 'node:fs';

/** A JSON Schema of dialect 2020-12. A `$ref` is `#/schemas/<name>` and leads into `Facts.schemas`. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

export type FactParameter = {
  readonly in: string;
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
};

/** What the public contract says of one operation. A response without a body has the schema null. */
export type FactOperation = {
  readonly operation_id: string;
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly security: boolean;
  readonly parameters: readonly FactParameter[];
  readonly request_schema: Schema | null;
  readonly responses: Readonly<Record<string, Schema | null>>;
};

export type Facts = {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly operations: readonly FactOperation[];
};

/** Reads the committed facts. */
export function readFacts(): Facts {
  return JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8')) as Facts;
}

/**
 * Finds the operation that answers a request. `path` is a template or a real path without query; names of path
 * parameters don't matter, and a literal segment wins over a parameter (`/users/me` over `/users/{id}`).
 */
export function findOperation(facts: Facts, method: string, path: string): FactOperation | null {
  const segments = path.split('/');
  const candidates = facts.operations.filter(
    (operation) => operation.method === method.toLowerCase() && matches(operation.path.split('/'), segments),
  );
  return candidates.toSorted((a, b) => countParameters(a.path) - countParameters(b.path))[0] ?? null;
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  if (template.length !== segments.length) return false;
  return template.every((part, index) =>
    part.startsWith('{') ? segments[index] !== '' : part === segments[index],
  );
}

const countParameters = (path: string): number => path.split('{').length - 1;

/** The path with every parameter named alike: two templates of one shape are one path on the wire. */
export const shapeOf = (path: string): string => path.replaceAll(/\{[^}]*\}/g, '{}');
