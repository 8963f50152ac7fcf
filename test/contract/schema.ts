import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv';
import { findOperation } from './facts.ts';
import type { Facts } from './facts.ts';

/** Returns the violations of the declared schema as `/pointer sentence`; an empty list when the body is as declared. */
export type ResponseValidator = (body: unknown) => readonly string[];

const FACTS_ID = 'contract:facts';
const MOST_VIOLATIONS = 20;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

const FORMATS = {
  'date-time': (value: string) => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)),
  email: (value: string) => /^[^@\s]+@[^@\s]+$/.test(value),
  uri: (value: string) => URL.canParse(value),
};

// Compiled schemas live as long as their facts: a test run compiles each at most once.
const compilers = new WeakMap<Facts, Ajv2020>();

/**
 * The check that the contract declares for the body of a response; see `findOperation` for `path`.
 * Null when the contract has no such operation or declares no such status. A status without a schema takes any body.
 */
export function responseValidator(
  facts: Facts,
  method: string,
  path: string,
  status: number,
): ResponseValidator | null {
  const operation = findOperation(facts, method, path);
  const schema = operation?.responses[status];
  if (operation === null || schema === undefined) return null;
  if (schema === null) return () => [];
  const pointer = `${FACTS_ID}#/operations/${facts.operations.indexOf(operation)}/responses/${status}`;
  const validate = compilerOf(facts).getSchema(pointer);
  if (validate === undefined) throw new Error(`the facts hold no schema at ${pointer}`);
  return (body) => (validate(body) === true ? [] : describeErrors(validate.errors ?? []));
}

function compilerOf(facts: Facts): Ajv2020 {
  const known = compilers.get(facts);
  if (known !== undefined) return known;
  const compiler = new Ajv2020({ strict: false, allErrors: true, formats: FORMATS });
  // Alternatives of the contract overlap: `{message}` beside `{code, message}`. So one that fits is enough.
  const schemas = JSON.parse(JSON.stringify(facts).replaceAll('"oneOf":', '"anyOf":')) as Facts;
  compiler.addSchema(schemas, FACTS_ID, undefined, false);
  compilers.set(facts, compiler);
  return compiler;
}

function describeErrors(errors: readonly ErrorObject[]): string[] {
  const sentences = errors.map(({ instancePath, message, params }) => {
    const allowed = params['allowedValues'] ?? params['allowedValue'];
    return `${instancePath || '/'} ${message}${allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`}`;
  });
  return [...new Set(sentences)].slice(0, MOST_VIOLATIONS);
}
