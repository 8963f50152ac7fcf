import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openCorpus } from './corpus/store.ts';
import { evaluate, readQuestions } from './evaluate.ts';
import type { Report } from './evaluate.ts';

type Options = {
  readonly corpus: string;
  readonly version?: string;
  readonly misses?: boolean;
  readonly json?: boolean;
};

/** Recall and rank of both halves of a file of questions. The misses of the half that is held out are never shown. */
export function printEvaluation(file: string, options: Options): string {
  const corpus = openCorpus(options.corpus);
  const collection = corpus.select(options.version)[0];
  if (collection === undefined) throw new Error(`The corpus has no version ${options.version ?? ''}.`);
  const { tuning, heldOut } = readQuestions(readFileSync(file, 'utf8'), basename(file));
  const halves = { tuning: evaluate(collection, tuning), 'held out': evaluate(collection, heldOut) };
  corpus.close();
  if (options.json === true) {
    const figures = (name: string, value: unknown) => (name === 'misses' ? undefined : value);
    return `${JSON.stringify(halves, figures, 2)}\n`;
  }
  const misses = halves.tuning.misses.map(
    ({ q, rank, top }) => `  ${rank || '-'}  ${q}  (${top.join(', ')})`,
  );
  const lines = Object.entries(halves)
    .filter(([, { questions }]) => questions > 0)
    .map(([half, report]) => renderReport(half, report));
  return `${[...lines, ...(options.misses === true ? misses : [])].join('\n')}\n`;
}

function renderReport(half: string, report: Report): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return [
    `${half}: ${report.questions} questions, recall@1 ${percent(report.recall1)}, @3 ${percent(report.recall3)}, @10 ${percent(report.recall10)},`,
    `MRR ${report.mrr.toFixed(3)}, p50 ${report.p50Ms.toFixed(2)} ms, p99 ${report.p99Ms.toFixed(2)} ms`,
  ].join(' ');
}
