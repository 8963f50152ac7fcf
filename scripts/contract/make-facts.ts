import { parse } from 'yaml';
import type { FactOperation, FactParameter, Facts, Schema } from '../../test/contract/facts.ts';

type Json = { readonly [key: string]: unknown };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

// Keywords whose value is one schema, a list of schemas, or a map of schemas by name; and those copied as they are.
const ONE = new Set([
  'items',
  'additionalProperties',
  'not',
  'propertyNames',
  'contains',
  'if',
  'then',
  'else',
]);
const LIST = new Set(['oneOf', 'anyOf', 'allOf', 'prefixItems']);
const MAP = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const PLAIN = new Set(
  (
    'type format enum required default pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum ' +
    'multipleOf minItems maxItems uniqueItems minProperties maxProperties nullable deprecated readOnly writeOnly'
  ).split(' '),
);
const PROSE = /^(description|example|examples|title|summary|externalDocs|x-.*)$/;

/** Reads the public OpenAPI document and keeps its facts: no sentence of it, and nothing that we don't check. */
export function makeFacts(yaml: string): Facts {
  const document = record(parse(yaml, { maxAliasCount: -1 }));
  const schemas = Object.entries(record(record(document['components'])['schemas']));
  const hasSecurity = list(document['security']).length > 0;
  return {
    schemas: Object.fromEntries(schemas.map(([name, schema]) => [name, keepFacts(schema)])),
    operations: Object.entries(record(document['paths'])).flatMap(([path, item]) =>
      METHODS.filter((method) => method in record(item)).map((method) =>
        operationFacts({ path, method, operation: record(record(item)[method]), hasSecurity }),
      ),
    ),
  };
}

/** The text of `facts.json`: one schema or operation a line, so that a new version of the contract reads as a diff. */
export function formatFacts({ schemas, operations }: Facts): string {
  const named = Object.entries(schemas).map(
    ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
  );
  const listed = operations.map((operation) => JSON.stringify(operation));
  return `{"schemas":{\n${named.join(',\n')}\n},"operations":[\n${listed.join(',\n')}\n]}\n`;
}

type Found = { path: string; method: string; operation: Json; hasSecurity: boolean };

function operationFacts({ path, method, operation, hasSecurity }: Found): FactOperation {
  const { operationId, security } = operation;
  const body = operation['requestBody'];
  const responses = Object.entries(record(operation['responses']));
  return {
    operation_id: String(operationId),
    method,
    path,
    tags: list(operation['tags']).map(String),
    security: security === undefined ? hasSecurity : list(security).length > 0,
    parameters: list(operation['parameters']).map((parameter) => parameterFacts(record(parameter))),
    request_schema: body === undefined ? null : contentFacts(record(body)),
    responses: Object.fromEntries(
      responses.map(([status, response]) => [status, contentFacts(record(response))]),
    ),
  };
}

function parameterFacts({ in: place, name, required, schema }: Json): FactParameter {
  return { in: String(place), name: String(name), required: required === true, schema: keepFacts(schema) };
}

function contentFacts({ content }: Json): Schema | null {
  if (content === undefined) return null;
  const [type, ...others] = Object.keys(record(content));
  if (type !== 'application/json' || others.length > 0) throw new Error(`unexpected content type ${type}`);
  return keepFacts(record(record(content)[type])['schema']);
}

/** A schema without its prose. Throws on a keyword it doesn't know, so that no fact is lost in silence. */
function keepFacts(schema: unknown): Schema {
  if (typeof schema === 'boolean') return schema;
  const facts: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(record(schema))) {
    if (PROSE.test(keyword)) continue;
    if (PLAIN.has(keyword)) facts[keyword] = value;
    else if (ONE.has(keyword)) facts[keyword] = keepFacts(value);
    else if (LIST.has(keyword)) facts[keyword] = list(value).map(keepFacts);
    else if (MAP.has(keyword)) facts[keyword] = mapValues(record(value), keepFacts);
    else if (keyword === '$ref')
      facts[keyword] = String(value).replace('#/components/schemas/', '#/schemas/');
    else if (keyword === 'discriminator') facts[keyword] = { propertyName: record(value)['propertyName'] };
    // A sentence as a constant is a message, which we word ourselves.
    else if (keyword === 'const') Object.assign(facts, String(value).includes(' ') ? {} : { const: value });
    else throw new Error(`unknown schema keyword ${keyword}`);
  }
  return facts;
}

const mapValues = (map: Json, change: (value: unknown) => Schema): Json =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));

function record(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('expected an object');
  return value as Json;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
