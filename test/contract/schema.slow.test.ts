import { expect, test } from 'vitest';
import { readFacts } from './facts.ts';
import { responseValidator } from './schema.ts';

test('every response of the contract has a validator that compiles', () => {
  const facts = readFacts();
  const validators = facts.operations.flatMap(({ method, path, responses }) =>
    Object.keys(responses).map((status) => responseValidator(facts, method, path, Number(status))),
  );
  expect(validators.length).toBeGreaterThan(600);
  expect(validators).not.toContain(null);
});
