// How well the documentation of this repository is found, as it ships inside the package.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCorpus } from '../src/corpus/store.ts';
import type { Collection } from '../src/corpus/store.ts';
import { evaluate, readQuestions } from '../src/evaluate.ts';
import { prepare, removeFolders } from './corpora.ts';

let collection: Collection;

beforeAll(async () => {
  const sources = ['docs', 'README.md', 'openapi.json', 'CHANGELOG.md', 'examples'].map((name) => ({
    from: fileURLToPath(new URL(`../../../${name}`, import.meta.url)),
    name: 'doorwright',
    version: '1.0.0',
  }));
  const [found] = openCorpus(await prepare(sources)).collections;
  if (found === undefined) throw new Error('nothing was prepared');
  collection = found;
}, 120_000);

afterAll(removeFolders);

const questionsOf = (name: string) =>
  readQuestions(readFileSync(fileURLToPath(new URL(`../questions/${name}`, import.meta.url)), 'utf8'), name);

// Just below what is reached. Pages that are added take places: then the ranking is to be looked at, or the pages.
test('questions about Doorwright that nothing was tuned on find their page', () => {
  const { recall3, recall10, mrr } = evaluate(collection, questionsOf('own.yaml').heldOut);
  expect(recall3).toBeGreaterThanOrEqual(0.86);
  expect(recall10).toBeGreaterThanOrEqual(0.96);
  expect(mrr).toBeGreaterThanOrEqual(0.81);
});

test('every page that answers a question about Doorwright is there', () => {
  const { tuning, heldOut } = questionsOf('own.yaml');
  const known = new Set(collection.pages.map(({ path }) => path));
  const named = [...tuning, ...heldOut, ...questionsOf('tuning-own.yaml').tuning].flatMap(
    ({ pages }) => pages,
  );
  expect(named.filter((path) => !known.has(path))).toEqual([]);
});
