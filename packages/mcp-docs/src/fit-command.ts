import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openCorpus } from './corpus/store.ts';
import { readQuestions } from './evaluate.ts';
import { collectCases, crossValidate, fitWeights, rankCases } from './fit.ts';
import type { Case } from './fit.ts';

// The long file of one tree would drown the others.
const FULL = 100;

/**
 * Finds the weights of the ranking on the tuning halves of files of questions. Each file is given with its corpus and
 * version: `questions.yaml=CORPUS@VERSION`. Nothing that is held out is read.
 */
export function printFit(files: readonly string[]): string {
  const cases: Case[] = [];
  for (const file of files) {
    const match = /^(.+)=(.+)@([^@]+)$/.exec(file);
    if (match === null) throw new Error(`${file} isn't FILE=CORPUS@VERSION.`);
    const [, questions = '', folder = '', version = ''] = match;
    const corpus = openCorpus(folder);
    const collection = corpus.select(version)[0];
    if (collection === undefined) throw new Error(`${folder} has no version ${version}.`);
    const { tuning } = readQuestions(readFileSync(questions, 'utf8'), basename(questions));
    cases.push(...collectCases(collection, tuning, tuning.length > FULL ? 0.5 : 1));
    corpus.close();
  }
  const weights = fitWeights(cases);
  return [
    `${cases.length} questions`,
    `left out: ${renderRanks(crossValidate(cases))}`,
    `with all: ${renderRanks(rankCases(cases, weights))}`,
    ...Object.entries(weights).map(([feature, weight]) => `  ${feature}: ${weight},`),
    '',
  ].join('\n');
}

function renderRanks(ranks: readonly number[]): string {
  const share = (limit: number) => ranks.filter((rank) => rank > 0 && rank <= limit).length / ranks.length;
  const mrr = ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / ranks.length;
  return `recall@1 ${share(1).toFixed(3)}, @3 ${share(3).toFixed(3)}, MRR ${mrr.toFixed(3)}`;
}
