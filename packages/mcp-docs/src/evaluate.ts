import { parse } from 'yaml';
import * as z from 'zod';
import type { Collection } from './corpus/store.ts';
import { readQuestion } from './search/concepts.ts';
import { measureCandidates, rankCandidates } from './search/rank.ts';

const Questions = z.array(z.object({ q: z.string().min(1), pages: z.array(z.string()).min(1) }));
export type EvaluationQuestion = z.infer<typeof Questions>[number];

/** Recall and mean reciprocal rank of a set of questions; latencies in milliseconds. */
export type Report = {
  readonly questions: number;
  readonly recall1: number;
  readonly recall3: number;
  readonly recall10: number;
  readonly mrr: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly misses: readonly { q: string; rank: number; top: readonly string[] }[];
};

/**
 * Reads a file of questions and parts it: the odd ones are for tuning, the even ones are held out. Of a file called
 * `fresh-...` all are held out, of one called `tuning-...` none.
 */
export function readQuestions(
  text: string,
  name = '',
): { tuning: EvaluationQuestion[]; heldOut: EvaluationQuestion[] } {
  const all = Questions.parse(parse(text));
  if (name.startsWith('fresh-')) return { tuning: [], heldOut: all };
  if (name.startsWith('tuning-')) return { tuning: all, heldOut: [] };
  return { tuning: all.filter((_, at) => at % 2 === 0), heldOut: all.filter((_, at) => at % 2 === 1) };
}

/** Asks every question. A miss is one whose page isn't among the first three. */
export function evaluate(collection: Collection, questions: readonly EvaluationQuestion[]): Report {
  const latencies: number[] = [];
  const ranks = questions.map(({ q, pages }) => {
    const started = performance.now();
    const question = readQuestion(q, collection.index());
    const ranked = rankCandidates(measureCandidates(collection, question, q, () => true)).slice(0, 10);
    latencies.push(performance.now() - started);
    const paths = ranked.map(({ page }) => page.path);
    return { q, rank: paths.findIndex((path) => pages.includes(path)) + 1, top: paths.slice(0, 3) };
  });
  const share = (limit: number) =>
    ranks.filter(({ rank }) => rank > 0 && rank <= limit).length / Math.max(1, ranks.length);
  latencies.sort((a, b) => a - b);
  return {
    questions: questions.length,
    recall1: share(1),
    recall3: share(3),
    recall10: share(10),
    mrr: ranks.reduce((sum, { rank }) => sum + (rank === 0 ? 0 : 1 / rank), 0) / Math.max(1, ranks.length),
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    misses: ranks.filter(({ rank }) => rank === 0 || rank > 1),
  };
}
