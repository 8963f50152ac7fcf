import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useServer } from '../harness.ts';
import { findOperation, readFacts } from '../contract/facts.ts';
import { provenBySdk, readCoverage } from './coverage.ts';

const server = useServer();

test('each operation that we answer is called through the SDK, or a reason says why not', () => {
  const facts = readFacts();
  const answered = server.app.operations
    .map(({ method, path }) => findOperation(facts, method, path)?.operation_id)
    .filter((id) => id !== undefined);
  const explained = [...provenBySdk(), ...Object.keys(readCoverage().without_call)];
  expect(explained.toSorted()).toEqual([...new Set(answered)].toSorted());
});

test('coverage.json names test files that exist', () => {
  for (const name of Object.keys(readCoverage().proven)) {
    expect(existsSync(new URL(name, import.meta.url)), name).toBe(true);
  }
});
