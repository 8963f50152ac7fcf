import { expect, test } from 'vitest';
import { coverageTable } from '../../scripts/generate/coverage.ts';
import { compareSchemas } from './compare-schemas.ts';
import { compareDocument } from './compare.ts';
import type { OpenApiDocument, OpenApiOperation } from './compare.ts';
import { readFacts } from './facts.ts';
import type { Facts, Schema } from './facts.ts';
import { sampleFacts } from './samples.ts';

/** A document that says what the facts say. */
function mirror(facts: Facts): OpenApiDocument {
  const content = (schema: Schema | null) =>
    schema === null ? {} : { content: { 'application/json': { schema } } };
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of facts.operations) {
    const responses = Object.entries(operation.responses).map(([status, schema]) => [
      status,
      content(schema),
    ]);
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: {
        parameters: operation.parameters,
        requestBody: content(operation.request_schema),
        responses: Object.fromEntries(responses),
      },
    };
  }
  return { paths, components: { schemas: facts.schemas } };
}

/** The differences of `POST /things` after `change` was applied to a document that agrees. */
function differencesAfter(change: (from: string) => string): string[] {
  const text = JSON.stringify(mirror(sampleFacts));
  const changed = change(text);
  expect(changed).not.toBe(text);
  const { operations } = compareDocument(sampleFacts, JSON.parse(changed) as OpenApiDocument);
  return operations[0]?.differences.map(({ kind, where, message }) => `${kind}: ${where} ${message}`) ?? [];
}

test('a document that says what the contract says has no difference', () => {
  const facts = readFacts();
  const { operations, extra } = compareDocument(facts, mirror(facts));
  expect(operations.flatMap(({ differences }) => differences)).toEqual([]);
  expect(operations.every(({ isClean }) => isClean)).toBe(true);
  expect(extra).toEqual([]);
});

test('an operation that is not built yet is not answered, and one of ours alone is extra', () => {
  const { operations, extra } = compareDocument(sampleFacts, { paths: { '/mine/{id}': { get: {} } } });
  expect(operations.map(({ isAnswered, isClean }) => [isAnswered, isClean])).toEqual([
    [false, false],
    [false, false],
    [false, false],
  ]);
  expect(extra).toEqual(['get /mine/{}']);
});

test('a variant that is answered on request only is not compared, and any other is', () => {
  const theirs = { type: 'object', properties: { kty: { const: 'RSA' } }, required: ['kty'] };
  const other = { type: 'object', properties: { kty: { const: 'EC' }, crv: {} }, required: ['kty', 'crv'] };
  const compare = (variant: Schema) =>
    compareSchemas({ theirs: {}, ours: {}, direction: 'response' }, '200', [
      theirs,
      { anyOf: [theirs, variant] },
    ]);
  expect(compare({ ...other, 'x-opt-in': true })).toEqual([]);
  expect(compare(other)).not.toEqual([]);
});

test('the name of a path parameter is not compared', () => {
  expect(differencesAfter((text) => text.replaceAll('/things/{id}', '/things/{thing_id}'))).toEqual([]);
});

const request = '"state":{"type":"string","enum":["on","off"]}},"required":["name"]}';
const response = '"state":{"type":"string","enum":["on","off"]},"parent"';

test.each<[string, string, string[]]>([
  [
    '"name":"dry_run"',
    '"name":"trial"',
    [
      'breaks: query dry_run the parameter is missing',
      'adds: query trial the contract has no such parameter',
    ],
  ],
  ['"required":false', '"required":true', ['breaks: query dry_run ours is required, theirs is not']],
  ['"type":"boolean"', '"type":"integer"', ['breaks: query dry_run theirs is boolean, ours is number']],
  ['{"name":{"type":"string"},"state"', '{"state"', ['breaks: body.name the property is missing']],
  ['"required":["name"]', '"required":[]', ['breaks: body.name theirs is required, ours is not']],
  [
    '"required":["name"]',
    '"required":["name","state"]',
    ['breaks: body.state ours is required, theirs is not'],
  ],
  [
    request,
    request.replace('"off"', '"no"'),
    [
      'breaks: body.state these values are missing: off',
      'adds: body.state the contract has no such values: no',
    ],
  ],
  [
    request,
    request.replace(',"enum":["on","off"]', ''),
    ['adds: body.state theirs lists its values, ours takes any'],
  ],
  [
    '"name":{"type":"string"}',
    '"name":{"type":"string","enum":["a"]}',
    ['breaks: body.name ours lists its values, theirs takes any'],
  ],
  [
    '"422":',
    '"410":',
    ['breaks: 422 the status is not declared by ours', 'breaks: 410 the contract has no such status'],
  ],
  [
    '"201":',
    '"200":',
    ['breaks: 201 the status is not declared by ours', 'breaks: 200 the contract has no such status'],
  ],
  ['"id":{"type":"string"},', '', ['breaks: 201.id the property is missing']],
  ['"required":["object","id"', '"required":["object"', ['breaks: 201.id theirs is required, ours is not']],
  [
    response,
    response.replace('"off"', '"half"'),
    [
      'adds: 201.state these values are missing: off',
      'breaks: 201.state the contract has no such values: half',
    ],
  ],
  [response, `"more":true,${response}`, ['adds: 201.more the contract has no such property']],
])('%s changed to %s is told', (from, to, expected) => {
  expect(differencesAfter((text) => text.replace(from, to))).toEqual(expected);
});

test('variants are taken together', () => {
  const union: Schema = {
    oneOf: [
      { type: 'object', properties: { kind: { const: 'a' }, one: {} }, required: ['kind', 'one'] },
      { type: 'object', properties: { kind: { const: 'b' }, two: {} }, required: ['kind', 'two'] },
    ],
  };
  const flat: Schema = {
    type: 'object',
    properties: { kind: { enum: ['a', 'b'] }, one: {}, two: {} },
    required: ['kind'],
  };
  const [create] = sampleFacts.operations;
  if (create === undefined) throw new Error('the sample is empty');
  const withBody = (schema: Schema): Facts => ({
    ...sampleFacts,
    operations: [{ ...create, request_schema: schema }],
  });
  const { operations } = compareDocument(withBody(union), mirror(withBody(flat)));
  expect(operations[0]?.differences).toEqual([]);
});

test('the coverage table counts by area', () => {
  const document = mirror({ ...sampleFacts, operations: sampleFacts.operations.slice(0, 2) });
  const table = coverageTable(sampleFacts, document, new Set(['ThingsController_create']));
  expect(table.split('\n').slice(2)).toEqual(['| things | 3 | 2 | 2 | 1 |', '| **total** | 3 | 2 | 2 | 1 |']);
});
