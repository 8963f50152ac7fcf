import { type Figure, throughput } from './figure.ts';
import { type LoadOptions, type LoadResult, measureLoad } from './load.ts';
import { median, medianBy } from './median.ts';

/** One of the two that are compared, at one kind of work. */
export interface Side extends Pick<LoadOptions, 'url' | 'serverPid' | 'databaseOf'> {
  /** As figures call it. */
  name: string;
  /** What every answer must be. */
  status: number;
  /** Other ones for each round, where one cannot be sent again. */
  requests(round: number): LoadOptions['requests'];
}

export interface Comparison {
  what: string;
  ours: Side;
  theirs: Side;
  /** How many times as much as theirs ours is to be. */
  target?: number;
  /** Before the first round of each; as `measureLoad` says unless told. */
  warmUpMs?: number;
}

/** How a comparison is divided; each side is warm after its first round. */
export interface Rounds {
  count: number;
  /** The part of `BENCH_SECONDS` that each side has in one round. */
  share: number;
}

const warmAgainMs = 1_000;

/**
 * Measures the same work on both, in turn, so that other work on the machine meets both alike, and says how many times
 * as much we do: the median of what the rounds say.
 */
export async function compare(
  { what, ours, theirs, target, warmUpMs }: Comparison,
  rounds: Rounds,
  report: (figure: Figure) => void,
): Promise<void> {
  const own: LoadResult[] = [];
  const other: LoadResult[] = [];
  for (let round = 0; round < rounds.count; round += 1) {
    for (const [{ requests, ...side }, results] of [
      [ours, own],
      [theirs, other],
    ] as const) {
      const load = await measureLoad({
        ...side,
        requests: requests(round),
        warmUpMs: round === 0 ? warmUpMs : warmAgainMs,
        share: rounds.share,
      });
      results.push(load);
    }
  }
  const perSecond = (load: LoadResult): number => load.perSecond;
  report(throughput(`${ours.name}: ${what}`, medianBy(own, perSecond)));
  report(throughput(`${theirs.name}: ${what}`, medianBy(other, perSecond)));
  const ratios = own.map((load, round) => load.perSecond / (other[round]?.perSecond ?? 0));
  report({
    what: `${ours.name} to ${theirs.name}: ${what}`,
    unit: 'ratio',
    value: median(ratios),
    ...(target === undefined ? {} : { target }),
  });
}
