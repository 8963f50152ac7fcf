import { expect, test } from 'vitest';
import { compareOperation } from './compare.ts';
import { compareSchemas } from './compare-schemas.ts';
import type { FactOperation, Schema } from './facts.ts';

const id: Schema = { type: 'string' };
const event = (name: string, data: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties: { id, event: { type: 'string', const: name }, data: { type: 'object', properties: data } },
  required: ['id', 'event', 'data'],
});
const theirs: Schema = {
  allOf: [
    { type: 'object', properties: { id }, required: ['id'] },
    { oneOf: [event('a.created', { id }), event('a.deleted', { id, reason: id })] },
  ],
};
const compare = (ours: Schema, direction: 'response' | 'request' = 'response') =>
  compareSchemas({ theirs: {}, ours: {}, direction }, '200', [theirs, ours]).map(
    ({ kind, where, message }) => `${kind}: ${where} ${message}`,
  );

test('variants that agree one by one have no difference', () => {
  const both = [event('a.created', { id }), event('a.deleted', { id, reason: id })];
  expect(compare({ anyOf: both })).toEqual([]);
});

test('a variant that lacks what the contract has under its name is found', () => {
  const both = [event('a.created', { id }), event('a.deleted', { id })];
  expect(compare({ anyOf: both })).toEqual(['breaks: 200<a.deleted>.data.reason the property is missing']);
});

test('a variant that is never answered is no harm; one that the contract lacks is', () => {
  const others = [event('a.created', { id }), event('b.created', { id })];
  expect(compare({ oneOf: others })).toEqual([
    'adds: 200 these variants are missing: a.deleted',
    'breaks: 200 the contract has no such variants: b.created',
  ]);
});

const operation: FactOperation = {
  operation_id: 'ThingsController_delete',
  method: 'delete',
  path: '/things/{id}',
  tags: [],
  security: true,
  parameters: [],
  request_schema: null,
  responses: {
    200: null,
    202: null,
    400: { type: 'object', properties: { code: { const: 'too_late' } } },
  },
};
const differencesOf = (responses: Record<string, object>) =>
  compareOperation({ facts: { schemas: {}, operations: [operation] }, document: { paths: {} }, operation }, {
    responses,
  } as never).map(({ kind, where }) => `${kind}: ${where}`);

test('of several successes one is enough, and none is too few', () => {
  expect(differencesOf({ 202: {}, 400: {} })).toEqual([]);
  expect(differencesOf({ 400: {} })).toEqual(['breaks: 200', 'breaks: 202']);
});

test('an error may have codes beside those of the contract', () => {
  const schema = { type: 'object', properties: { code: { enum: ['too_late', 'invalid_json'] } } };
  const error = { content: { 'application/json': { schema } } };
  expect(differencesOf({ 200: {}, 400: error })).toEqual(['adds: 400.code']);
});
