import type { LoadResult } from './load.ts';

/** One line of a result. */
export interface Figure {
  what: string;
  unit: 'requests/s' | 'signatures/s' | 's' | 'MB' | 'ratio';
  value: number;
  /** What DESIGN asks for: at least for throughput, at most for time and memory. */
  target?: number;
  load?: LoadResult;
}
