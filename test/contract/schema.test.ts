import { expect, test } from 'vitest';
import { responseValidator } from './schema.ts';
import { sampleFacts } from './samples.ts';

const THING = { object: 'thing', id: 'thing_1', created_at: '2026-01-02T03:04:05.678Z' };

function violations(body: unknown): readonly string[] {
  return responseValidator(sampleFacts, 'get', '/things/thing_1', 200)?.(body) ?? ['not declared'];
}

test('a body as declared has no violation, more fields than declared included', () => {
  expect(violations(THING)).toEqual([]);
  expect(violations({ ...THING, parent: { object: 'a', parent: { object: 'b' } }, extra: 1 })).toEqual([]);
});

test.each([
  [{ ...THING, object: 'other' }, '/object must be equal to constant: "thing"'],
  [{ ...THING, state: 'half' }, '/state must be equal to one of the allowed values: ["on","off"]'],
  [{ ...THING, id: 1 }, '/id must be string'],
  [{ ...THING, created_at: '2026-01-02' }, '/created_at must match format "date-time"'],
  [{ ...THING, created_at: '2026-13-02T03:04:05Z' }, '/created_at must match format "date-time"'],
  [{ object: 'thing', id: 'a' }, "/ must have required property 'created_at'"],
  [null, '/ must be object'],
])('%j is in breach', (body, expected) => {
  expect(violations(body)).toContain(expected);
});

test('every violation of a body is listed', () => {
  expect(violations({ ...THING, id: 1, object: 1 }).length).toBeGreaterThan(1);
});

test('a reference is followed', () => {
  expect(violations({ ...THING, parent: { id: 'a' } })).toContain(
    "/parent must have required property 'object'",
  );
});

test('an undeclared status or operation has no validator', () => {
  expect(responseValidator(sampleFacts, 'get', '/things/thing_1', 418)).toBeNull();
  expect(responseValidator(sampleFacts, 'get', '/nothing', 200)).toBeNull();
});

test('a status without a schema takes any body', () => {
  expect(responseValidator(sampleFacts, 'get', '/things/thing_1', 204)?.(undefined)).toEqual([]);
});
