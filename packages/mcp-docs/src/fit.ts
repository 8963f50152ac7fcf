import type { Collection } from './corpus/store.ts';
import type { EvaluationQuestion } from './evaluate.ts';
import { readQuestion } from './search/concepts.ts';
import { compareMeasures, FEATURES } from './search/features.ts';
import type { Weights } from './search/features.ts';
import { measureCandidates } from './search/rank.ts';

/** A question with what was measured of each page that may answer it. */
export type Case = {
  readonly rows: readonly Float64Array[];
  readonly isRight: readonly boolean[];
  readonly weight: number;
};

const ROUNDS = 150;
const RATE = 0.1;
// Weights are kept small: what helps one question only isn't worth a large one.
const DECAY = 0.001;
const FOLDS = 5;
// A question that names an operation means it; too few do so for its weight to be found.
const FIXED: Partial<Weights> = { operation: 12 };
// Scores keep the scale on which those of different documentations are compared.
const SCALE: readonly [feature: keyof Weights, weight: number] = ['chunk', 2];

/** Measures the pages for each question; `weight` is what each of them counts. */
export function collectCases(
  collection: Collection,
  questions: readonly EvaluationQuestion[],
  weight: number,
): Case[] {
  return questions.map(({ q, pages }) => {
    const question = readQuestion(q, collection.index());
    const candidates = measureCandidates(collection, question, q, () => true);
    return {
      rows: compareMeasures(candidates.map(({ own }) => own)),
      isRight: candidates.map(({ page }) => pages.includes(page.path)),
      weight,
    };
  });
}

/** The weights under which the right pages are likeliest to be first, when scores are taken as odds (listwise softmax). */
export function fitWeights(cases: readonly Case[]): Weights {
  const weights = new Float64Array(FEATURES.length);
  const [mean, square] = [new Float64Array(weights.length), new Float64Array(weights.length)];
  const usable = cases.filter(({ isRight }) => isRight.includes(true));
  const total = usable.reduce((sum, { weight }) => sum + weight, 0);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const slope = Float64Array.from(weights, (weight) => weight * DECAY);
    for (const one of usable) addSlope(slope, one, weights, total);
    // Adam: each weight has a step of its own.
    for (let at = 0; at < weights.length; at += 1) {
      const by = slope[at] ?? 0;
      mean[at] = 0.9 * (mean[at] ?? 0) + 0.1 * by;
      square[at] = 0.999 * (square[at] ?? 0) + 0.001 * by * by;
      const step = (mean[at] ?? 0) / (1 - 0.9 ** round);
      weights[at] =
        (weights[at] ?? 0) - (RATE * step) / (Math.sqrt((square[at] ?? 0) / (1 - 0.999 ** round)) + 1e-8);
    }
  }
  return toScale(weights);
}

function addSlope(slope: Float64Array, one: Case, weights: Float64Array, total: number): void {
  const scores = one.rows.map((row) => scoreRow(row, weights));
  const highest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - highest));
  const all = odds.reduce((sum, odd) => sum + odd, 0);
  const right = odds.reduce((sum, odd, at) => sum + (one.isRight[at] === true ? odd : 0), 1e-12);
  one.rows.forEach((row, n) => {
    const odd = odds[n] ?? 0;
    const pull = (one.weight / total) * (odd / all - (one.isRight[n] === true ? odd / right : 0));
    for (let at = 0; at < row.length; at += 1) slope[at] = (slope[at] ?? 0) + pull * (row[at] ?? 0);
  });
}

function scoreRow(row: Float64Array, weights: Float64Array): number {
  let score = 0;
  for (let at = 0; at < row.length; at += 1) score += (row[at] ?? 0) * (weights[at] ?? 0);
  return score;
}

function toScale(weights: Float64Array): Weights {
  const [feature, wanted] = SCALE;
  const factor = wanted / (weights[FEATURES.indexOf(feature)] ?? 1);
  const entries = FEATURES.map((name, at) => {
    const weight = Math.round((weights[at] ?? 0) * factor * 100) / 100;
    return [name, FIXED[name] ?? weight] as const;
  });
  return Object.fromEntries(entries) as Weights;
}

/** The rank of the first right page for each question, 0 when it isn't among the candidates. */
export function rankCases(cases: readonly Case[], weights: Weights): number[] {
  const list = Float64Array.from(FEATURES, (feature) => weights[feature]);
  return cases.map(({ rows, isRight }) => {
    const scores = rows.map((row) => scoreRow(row, list));
    const best = Math.max(...scores.filter((_, at) => isRight[at] === true));
    return isRight.includes(true) ? 1 + scores.filter((score) => score > best).length : 0;
  });
}

/** Ranks of questions under weights that were found without them: every fifth is left out in turn. */
export function crossValidate(cases: readonly Case[]): number[] {
  const ranks = cases.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const weights = fitWeights(cases.filter((_, at) => at % FOLDS !== fold));
    const left = cases.flatMap((one, at) => (at % FOLDS === fold ? [{ one, at }] : []));
    rankCases(
      left.map(({ one }) => one),
      weights,
    ).forEach((rank, n) => (ranks[left[n]?.at ?? 0] = rank));
  }
  return ranks;
}
