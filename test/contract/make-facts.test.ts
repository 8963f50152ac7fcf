import { expect, test } from 'vitest';
import { formatFacts, makeFacts } from '../../scripts/contract/make-facts.ts';

const YAML = `
openapi: 3.1.1
info: { title: A sample, version: '1' }
security: [{ bearer: [] }]
paths:
  /things/{id}:
    put:
      operationId: update
      summary: Changes a thing.
      description: Changes a thing in place.
      tags: [things]
      parameters:
        - { in: path, name: id, required: true, description: The thing., schema: { type: string, example: a } }
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                description: { type: string, description: What it is., x-order: 1 }
                title: &name { type: string, maxLength: 5, title: The name }
                kind: *name
                reason: { const: A whole sentence }
              required: [title]
      responses:
        '200':
          description: The thing.
          content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
        '204': { description: Nothing. }
  /open:
    get: { operationId: open, security: [], tags: [], responses: {} }
components:
  schemas:
    Thing: { description: A thing., oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Thing' }] }
`;

test('facts are kept and prose is left out', () => {
  const facts = makeFacts(YAML);
  expect(facts.schemas).toEqual({ Thing: { oneOf: [{ type: 'null' }, { $ref: '#/schemas/Thing' }] } });
  expect(facts.operations[0]).toEqual({
    operation_id: 'update',
    method: 'put',
    path: '/things/{id}',
    tags: ['things'],
    security: true,
    parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }],
    request_schema: {
      type: 'object',
      // Properties may be named like keywords of prose.
      properties: {
        description: { type: 'string' },
        title: { type: 'string', maxLength: 5 },
        kind: { type: 'string', maxLength: 5 },
        reason: {},
      },
      required: ['title'],
    },
    responses: { 200: { $ref: '#/schemas/Thing' }, 204: null },
  });
});

test('an operation may need no credential', () => {
  expect(makeFacts(YAML).operations.map(({ security }) => security)).toEqual([true, false]);
});

test('a keyword that nobody thought of is an error', () => {
  expect(() => makeFacts(YAML.replace('maxLength', 'newKeyword'))).toThrow(
    'unknown schema keyword newKeyword',
  );
});

test('the file holds the facts, one operation a line', () => {
  const facts = makeFacts(YAML);
  const text = formatFacts(facts);
  expect(JSON.parse(text)).toEqual(facts);
  expect(text.split('\n').filter((line) => line.includes('operation_id'))).toHaveLength(2);
});
