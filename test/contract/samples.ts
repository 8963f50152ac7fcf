import type { FactOperation, Facts, Schema } from './facts.ts';

const thing: Schema = {
  type: 'object',
  properties: {
    object: { type: 'string', const: 'thing' },
    id: { type: 'string' },
    state: { type: 'string', enum: ['on', 'off'] },
    parent: { anyOf: [{ $ref: '#/schemas/Parent' }, { type: 'null' }] },
    created_at: { type: 'string', format: 'date-time' },
  },
  required: ['object', 'id', 'created_at'],
};

// Holds itself, as trees of groups and resources do.
const parent: Schema = {
  type: 'object',
  properties: { object: { type: 'string' }, parent: { $ref: '#/schemas/Parent' } },
  required: ['object'],
};

const create: FactOperation = {
  operation_id: 'ThingsController_create',
  method: 'post',
  path: '/things',
  tags: ['things'],
  security: true,
  parameters: [{ in: 'query', name: 'dry_run', required: false, schema: { type: 'boolean' } }],
  request_schema: {
    type: 'object',
    properties: { name: { type: 'string' }, state: { type: 'string', enum: ['on', 'off'] } },
    required: ['name'],
  },
  responses: { 201: { $ref: '#/schemas/Thing' }, 422: { type: 'object', required: ['message'] } },
};

const find: FactOperation = {
  ...create,
  operation_id: 'ThingsController_find',
  method: 'get',
  path: '/things/{id}',
  parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }],
  request_schema: null,
  responses: { 200: { $ref: '#/schemas/Thing' }, 204: null },
};

const special: FactOperation = { ...find, operation_id: 'ThingsController_special', path: '/things/special' };

/** A small contract: `POST /things`, `GET /things/{id}`, `GET /things/special`. */
export const sampleFacts: Facts = {
  schemas: { Thing: thing, Parent: parent },
  operations: [create, find, special],
};
