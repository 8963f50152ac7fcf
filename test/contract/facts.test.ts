import { expect, test } from 'vitest';
import { findOperation, readFacts } from './facts.ts';
import { sampleFacts } from './samples.ts';

const find = (method: string, path: string) => findOperation(sampleFacts, method, path)?.operation_id ?? null;

test.each([
  ['POST', '/things', 'ThingsController_create'],
  ['get', '/things/thing_1', 'ThingsController_find'],
  ['get', '/things/{thing_id}', 'ThingsController_find'],
  ['get', '/things/special', 'ThingsController_special'],
  ['delete', '/things/thing_1', null],
  ['get', '/things/', null],
  ['get', '/things/a/b', null],
])('%s %s is answered by %s', (method, path, expected) => {
  expect(find(method, path)).toBe(expected);
});

test('the committed facts hold the 212 operations of the contract', () => {
  const { operations } = readFacts();
  expect(operations).toHaveLength(212);
  expect(new Set(operations.map((operation) => operation.operation_id)).size).toBe(212);
});

test('every reference of the committed facts leads to a schema', () => {
  const facts = readFacts();
  const references = [...JSON.stringify(facts).matchAll(/"\$ref":"#\/schemas\/([^"]+)"/g)].map(
    (match) => match[1],
  );
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter((name) => facts.schemas[name ?? ''] === undefined)).toEqual([]);
});

test('the committed facts hold no sentence', () => {
  const strings = [...JSON.stringify(readFacts()).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(strings.filter((text) => text.split(' ').length > 4)).toEqual([]);
});
